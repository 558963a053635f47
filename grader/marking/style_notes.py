"""Notes on style that a reader would make in passing. They never cost marks, and there are few of them.

They are read from the syntax tree; nothing is executed. Only code that misleads a reader is noted: a built-in
name used for something else, a function defined twice, a loop that changes nothing.
"""

import ast
import builtins
from collections.abc import Iterator, Sequence
from typing import Final

from grader.core.escaping import visible
from grader.core.model import Frozen, Source
from grader.core.parsing import parsed

__all__ = ["style_notes"]

MOST_NOTES: Final = 6

BUILTINS: Final = frozenset(name for name in dir(builtins) if name[0].islower())

PURE_CALLS: Final = frozenset({"abs", "float", "int", "len", "max", "min", "range", "round", "sum"})
"""Calls that change nothing, so a loop that contains nothing else changes nothing either."""

FUNCTIONS: Final = (ast.FunctionDef, ast.AsyncFunctionDef)


class _Note(Frozen, frozen=True):
    """A note, with `{}` for the location, and the line of the code it is about."""

    line: int
    text: str


def style_notes(source: Source | None) -> tuple[str, ...]:
    """A few sentences on the style of a file, each with its location in the original, ordered by line."""
    if source is None or source.problem or not source.code:
        return ()
    try:
        tree = parsed(source.code)
        nodes = tuple(ast.walk(tree))
        notes = sorted({*_taken_names(nodes), *_defined_twice(tree.body), *_idle_loops(nodes)}, key=_order)
    except (SyntaxError, ValueError, RecursionError):
        return ()
    return tuple(visible(note.text.format(source.place(note.line).words)) for note in notes[:MOST_NOTES])


def _order(note: _Note) -> tuple[int, str]:
    return note.line, note.text


def _taken_names(nodes: Sequence[ast.AST]) -> Iterator[_Note]:
    """Names of built-in functions and of imported modules that get another meaning; each once."""
    modules = {
        (alias.asname or alias.name).partition(".")[0]
        for node in nodes
        if isinstance(node, ast.Import)
        for alias in node.names
    }
    seen: set[str] = set()
    for name, line in sorted(_bound_names(nodes), key=lambda found: found[1]):
        if name in seen or not (name in BUILTINS or name in modules):
            continue
        seen.add(name)
        what = "the module with that name" if name in modules else "the built-in function with that name"
        yield _Note(line, f"`{name}` in {{}} shadows {what}: with another name, both stay usable.")


def _bound_names(nodes: Sequence[ast.AST]) -> Iterator[tuple[str, int]]:
    members = {id(child) for node in nodes if isinstance(node, ast.ClassDef) for child in node.body}
    for node in nodes:
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            yield node.id, node.lineno
        elif isinstance(node, ast.arg):
            yield node.arg, node.lineno
        elif isinstance(node, FUNCTIONS) and id(node) not in members:
            yield node.name, node.lineno


def _defined_twice(body: Sequence[ast.stmt]) -> Iterator[_Note]:
    first: dict[str, int] = {}
    for node in body:
        if isinstance(node, FUNCTIONS):
            if node.name in first:
                yield _Note(
                    node.lineno,
                    f"`{node.name}` is defined again in {{}}: only the last definition counts; remove the others.",
                )
            first[node.name] = node.lineno


def _idle_loops(nodes: Sequence[ast.AST]) -> Iterator[_Note]:
    """Loops whose body changes nothing that is read anywhere."""
    read = {n.id for n in nodes if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Load)}
    for node in nodes:
        if (
            isinstance(node, ast.For)
            and not node.orelse
            and _is_pure(node.iter)
            and _is_idle(node.body, read)
        ):
            yield _Note(node.lineno, "The loop in {} changes nothing: remove it, or add what is missing.")


def _is_idle(body: Sequence[ast.stmt], read: set[str]) -> bool:
    return all(
        isinstance(node, ast.Pass)
        or (isinstance(node, ast.Expr) and _is_pure(node.value))
        or (isinstance(node, ast.Assign) and _is_pure(node.value) and _never_read(node.targets, read))
        for node in body
    )


def _never_read(targets: Sequence[ast.expr], read: set[str]) -> bool:
    return all(isinstance(target, ast.Name) and target.id not in read for target in targets)


def _is_pure(node: ast.expr) -> bool:
    """Whether evaluating it can change nothing: only calls of a few functions, no await, no yield, no `:=`."""
    return not any(
        isinstance(part, ast.Await | ast.Yield | ast.YieldFrom | ast.NamedExpr)
        or (
            isinstance(part, ast.Call)
            and not (isinstance(part.func, ast.Name) and part.func.id in PURE_CALLS)
        )
        for part in ast.walk(node)
    )
