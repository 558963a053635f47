"""Edits of functions that take the size of their matrix from outside: the sizes become those of their own argument."""

import ast
from collections.abc import Iterator
from copy import deepcopy
from typing import Final

from grader.diagnosis.edits.program import Program, Scope
from grader.diagnosis.edits.sizes import shape_of, size_key
from grader.diagnosis.edits.values import Edit

__all__ = ["outside_edits"]

WEIGHT: Final = 2
"""Where sizes come from outside, nothing works for another matrix: tried early."""


def outside_edits(program: Program, same_line: bool = False) -> Iterator[Edit]:
    """Give each function that reads sizes of the top level the sizes of its own matrix.

    With `same_line`, no line of the program moves, if the first statement of the function is a simple one.
    """
    given = list(_given(program))
    for scope in program.scopes:
        arrays = [name for name in scope.parameters if name in scope.arrays]
        free = {name: nodes for name, nodes in scope.loaded.items() if name not in scope.names}
        used = [statement for statement in given if _bound(statement) & free.keys()]
        if not arrays or not used or not isinstance(scope.node, ast.FunctionDef):
            continue
        lines = _sizes(used, arrays[0])
        if not lines:
            continue
        names = sorted({name for statement in used for name in _bound(statement)} & free.keys())
        first = _first(scope)
        indent = " " * first.col_offset
        begin = (first.lineno, first.col_offset)
        inserted = (
            program.put_between(begin, begin, "".join(f"{line}; " for line in lines))
            if same_line and not hasattr(first, "body")
            else program.put_lines(first.lineno, first.lineno - 1, [indent + line for line in lines])
        )
        yield program.edit(
            "size-from-outside",
            min(node.lineno for name in names for node in free[name]),
            WEIGHT,
            f"{_listed(names)} from outside the function, not from the matrix that it is given.",
            inserted,
        )


def _given(program: Program) -> Iterator[ast.Assign]:
    """Assignments of the top level that give names to sizes: `m, n = A.shape`, `m = len(A)`, `m = 3`."""
    for node in program.tree.body:
        if isinstance(node, ast.Assign) and len(node.targets) == 1 and _bound(node):
            value = node.value
            is_whole = bool(shape_of(value)) and isinstance(node.targets[0], ast.Tuple)
            if is_whole or size_key(value) or _is_count(value):
                yield node


def _is_count(node: ast.expr) -> bool:
    """A whole number, or two of them."""
    parts = node.elts if isinstance(node, ast.Tuple) else [node]
    return all(isinstance(part, ast.Constant) and type(part.value) is int for part in parts)


def _bound(node: ast.Assign) -> set[str]:
    return set(_in_order(node))


def _sizes(statements: list[ast.Assign], array: str) -> list[str]:
    """The same sizes of another array; numbers are taken for its rows and columns, in their order."""
    counts = [statement for statement in statements if _is_count(statement.value)]
    if not counts:
        return [ast.unparse(_Renamed(array).visit(deepcopy(statement))) for statement in statements]
    names = [name for statement in counts for name in _in_order(statement)]
    return [f"{names[0]}, {names[1]} = {array}.shape"] if len(names) == 2 else []


def _in_order(statement: ast.Assign) -> list[str]:
    target = statement.targets[0]
    parts = target.elts if isinstance(target, ast.Tuple) else [target]
    return [part.id for part in parts if isinstance(part, ast.Name)]


class _Renamed(ast.NodeTransformer):
    """Reads every size from one array; the names that are bound, and `len`, stay."""

    def __init__(self, array: str) -> None:
        self._array = array

    def visit_Name(self, node: ast.Name) -> ast.Name:
        """A name that is read is the array's."""
        is_array = isinstance(node.ctx, ast.Load) and node.id != "len"
        return ast.Name(self._array, node.ctx) if is_array else node


def _first(scope: Scope) -> ast.stmt:
    """The first statement of a function after its docstring."""
    assert isinstance(scope.node, ast.FunctionDef)
    body = scope.node.body
    documented = isinstance(body[0], ast.Expr) and isinstance(body[0].value, ast.Constant) and len(body) > 1
    return body[1] if documented else body[0]


def _listed(names: list[str]) -> str:
    if len(names) == 1:
        return f"`{names[0]}` comes"
    return f"{', '.join(f'`{name}`' for name in names[:-1])} and `{names[-1]}` come"
