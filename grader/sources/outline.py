"""What distinguishes the code of one file from that of others; stored instead of its tree."""

import ast
from collections.abc import Iterator, Mapping
from hashlib import sha256

import msgspec

from grader.core.model import Source
from grader.core.parsing import parsed, too_much
from grader.lab.call_binding import normalised
from grader.sandbox.reader_messages import Outline
from grader.sources.import_names import imports

__all__ = ["outlined"]

_SILENT = (ast.FunctionDef, ast.Import, ast.ImportFrom, ast.ClassDef)


def outlined(source: Source, asked: Mapping[str, str]) -> tuple[Source, Outline]:
    """The source and its outline; without its code if that is too long to parse.

    `asked` contains names of functions as written by `normalised`, with the sheet's names.
    """
    if source.problem or not source.code:
        return source, Outline()
    if what := too_much(source.code):
        sentence = f"{source.name}: {what}. Nothing in it could be run."
        return msgspec.structs.replace(source, code="", lines=(), places=(), problem=sentence), Outline()
    tree = parsed(source.code)
    found = ((normalised(node.name), node) for node in _functions(tree))
    return source, Outline(
        defined={asked[name]: _digest(_body(node)) for name, node in found if name in asked},
        statements=frozenset(_digest(node) for node in tree.body if not isinstance(node, _SILENT)),
        modules=frozenset(module for _, module in imports(source.code)),
    )


def _functions(node: ast.AST) -> Iterator[ast.FunctionDef]:
    """All functions at any depth. Expressions contain none, and make up most of a tree."""
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.FunctionDef):
            yield child
        if not isinstance(child, ast.expr):
            yield from _functions(child)


def _body(node: ast.FunctionDef) -> ast.AST:
    """A digest of a function's code, without its docstring."""
    first = node.body[0]
    documented = isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant)
    return ast.Module(body=node.body[1:] if documented else node.body, type_ignores=[])


def _digest(node: ast.AST) -> str:
    """The same digest for code that differs only in layout and comments."""
    return sha256(ast.dump(node).encode("utf-8", "surrogatepass")).hexdigest()[:32]
