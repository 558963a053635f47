"""Functions that exist but cannot be called: nested in a function that they depend on, or in such a class."""

import ast
from collections.abc import Iterator
from typing import NamedTuple

from grader.core.parsing import parsed
from grader.core.submission import Source
from grader.lab.call_binding import normalised
from grader.lab.spec import Function

__all__ = ["Unreachable", "unreachable"]


class Unreachable(NamedTuple):
    """A definition with the name of a function on the sheet, and the scope that contains it."""

    name: str
    within: str
    place: str
    """Its location, in words: `line 12`, `cell 3 line 7`."""


def unreachable(source: Source | None, function: Function) -> Unreachable | None:
    """The last nested definition with the function's name; None if there is none."""
    if source is None or source.problem:
        return None
    name = normalised(function.name)
    definitions = [
        Unreachable(inner.name, outer, source.place(inner.lineno).words)
        for outer, inner in _inner(parsed(source.code))
        if normalised(inner.name) == name
    ]
    return definitions[-1] if definitions else None


def _inner(tree: ast.AST, within: str = "") -> Iterator[tuple[str, ast.FunctionDef]]:
    """Every function nested in a function or a class, with the name of that scope."""
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, ast.FunctionDef) and within:
            yield within, node
        inside = (
            node.name if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef) else within
        )
        yield from _inner(node, inside)
