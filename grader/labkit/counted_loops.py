"""Loops that a program runs outside its functions, and how often: `for epoch in range(100)`."""

import ast
from collections.abc import Iterable, Iterator, Mapping

from grader.core.parsing import parsed
from grader.lab import Bench, Frozen

__all__ = ["CountedLoop", "counted_loops"]


class CountedLoop(Frozen, frozen=True):
    """A loop over a range, outside all functions and other loops."""

    place: str
    """Where it stands, e.g. `line 12`."""
    times: int
    """How often it runs."""
    changes: frozenset[str]
    """The variables that statements inside it change."""
    numbers: tuple[float, ...]
    """The numbers written inside it, and those of the variables that it uses and does not change."""


def counted_loops(bench: Bench) -> tuple[CountedLoop, ...]:
    """The loops of the graded program whose count is a number or a variable, in order."""
    source = bench.loaded.source
    if source is None or not source.code:
        return ()
    try:
        tree = parsed(source.code)
    except (SyntaxError, ValueError):
        return ()
    known = _numbers_of_variables(bench)
    found = []
    for loop in _outermost(tree.body):
        times = _times(loop, known)
        if times is not None:
            changed = frozenset(_changed(loop))
            names = {node.id for node in ast.walk(loop) if isinstance(node, ast.Name)} - changed
            written = [
                float(node.value)
                for node in ast.walk(loop)
                if isinstance(node, ast.Constant) and isinstance(node.value, int | float)
            ]
            found.append(
                CountedLoop(
                    source.place(loop.lineno).words,
                    times,
                    changed,
                    (*written, *(known[name] for name in sorted(names & known.keys()))),
                )
            )
    return tuple(found)


def _numbers_of_variables(bench: Bench) -> Mapping[str, float]:
    """The numbers that variables hold at the end; one that got another value meanwhile is not known."""
    found: dict[str, float] = {}
    for value in bench.stated_values:
        if (
            value.half_width == 0
            and value.values.size == 1
            and not value.program
            and value.name.isidentifier()
        ):
            found[value.name] = float(value.values.reshape(()))
    return found


def _outermost(body: Iterable[ast.stmt]) -> Iterator[ast.For]:
    for statement in body:
        if isinstance(statement, ast.For):
            yield statement
        elif isinstance(statement, ast.If | ast.With | ast.Try):
            yield from _outermost(statement.body)


def _times(loop: ast.For, known: Mapping[str, float]) -> int | None:
    call = loop.iter
    if (
        isinstance(call, ast.Call)
        and isinstance(call.func, ast.Name)
        and call.func.id == "tqdm"
        and call.args
    ):
        call = call.args[0]
    if not isinstance(call, ast.Call) or not isinstance(call.func, ast.Name) or len(call.args) != 1:
        return None
    if call.func.id not in ("range", "trange"):
        return None
    count = call.args[0]
    if isinstance(count, ast.Constant) and type(count.value) is int:
        return count.value
    if isinstance(count, ast.Name) and count.id in known:
        return int(known[count.id])
    return None


def _changed(loop: ast.For) -> Iterator[str]:
    for node in ast.walk(loop):
        targets: list[ast.expr] = []
        if isinstance(node, ast.Assign):
            targets = node.targets
        elif isinstance(node, ast.AugAssign | ast.For):
            targets = [node.target]
        for target in targets:
            for part in target.elts if isinstance(target, ast.Tuple) else [target]:
                while isinstance(part, ast.Subscript | ast.Attribute):
                    part = part.value
                if isinstance(part, ast.Name):
                    yield part.id
