"""Functions nested in a function that could just as well be defined at the top level."""

import ast
from collections.abc import Iterator
from types import CodeType, FunctionType
from typing import Any

__all__ = ["independent"]

Statements = list[ast.stmt]


def independent(statement: ast.FunctionDef, function: Any) -> Statements:
    """The imports and definitions inside a function that need nothing of it: executed elsewhere, they do the
    same.

    `function` is the object that the statement created. A definition needs nothing if everything it uses from
    its surroundings consists of imports and other such definitions.
    """
    if not isinstance(function, FunctionType):
        return []
    needs = {(code.co_name, code.co_firstlineno): set(code.co_freevars) for code in _codes(function.__code__)}
    if not needs:
        return []
    inner = tuple(_nodes(statement))
    imports = [node for node in inner if isinstance(node, ast.Import | ast.ImportFrom)]
    names = {(alias.asname or alias.name).split(".")[0] for node in imports for alias in node.names}
    definitions = [node for node in inner if isinstance(node, ast.FunctionDef) and _key(node) in needs]
    while True:
        known = names | {node.name for node in definitions}
        free = [node for node in definitions if needs[_key(node)] <= known]
        if len(free) == len(definitions):
            return [*imports, *definitions] if definitions else []
        definitions = free


def _nodes(node: ast.AST) -> Iterator[ast.AST]:
    """The code inside a function, without classes: methods are not functions."""
    for child in ast.iter_child_nodes(node):
        if not isinstance(child, ast.ClassDef):
            yield child
            yield from _nodes(child)


def _key(node: ast.FunctionDef) -> tuple[str, int]:
    """Identifies the code of a function: its name and its first line, which may be a decorator's."""
    return node.name, min([node.lineno, *(decorator.lineno for decorator in node.decorator_list)])


def _codes(code: CodeType) -> Iterator[CodeType]:
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            yield constant
            yield from _codes(constant)
