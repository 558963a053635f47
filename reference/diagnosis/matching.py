"""Whether a mistaken rule gives what a student's function gave, in every call, from its own start."""

import math
from collections.abc import Callable, Iterable, Sequence
from functools import lru_cache
from itertools import combinations
from typing import Final, TypeAlias

import msgspec
import numpy as np

from grader.lab import Bench, Value
from grader.labkit import UnusableResult, WorkerEnded
from reference.checks.call_spec import CallSpec
from reference.checks.factorisation_context import FactorisationContext
from reference.misconceptions.entry import Misconception
from reference.rules.accepted_variants import VARIANTS
from reference.rules.update_rule import SHEET, Factors, Rows, Rule, rows_of, run_rows

__all__ = [
    "BLOWN_UP",
    "CLOSENESS",
    "Reading",
    "Run",
    "all_explained",
    "explain_by_one",
    "explain_by_two",
    "explains",
    "follows_sheet",
    "moved",
    "run_of",
    "runs",
]

CLOSENESS: Final = 1e-6
"""A rule explains a run where every entry agrees to this for each epoch, relative to the largest one: above
the rounding of float32 (6e-8 an operation), and a thousandth of what a mistake changes."""

BLOWN_UP: Final = 1e6
"""Entries beyond this are a run that diverges, where rounding hides the rule: it only has to diverge too."""

Reading: TypeAlias = Callable[[Value, int, int, int], Factors]
"""How a returned value is read for m, n and rank, other than in the call's layout. Raises UnusableResult."""


class Run(msgspec.Struct, frozen=True):
    """What the function did in one call: U and V before, and after; None where it gave none.

    The same as rows of numbers: thousands of rules are tried on them.
    """

    call: CallSpec
    start: Factors
    got: Factors | None
    A: Rows
    M: Rows | None
    U0: Rows
    V0: Rows
    ends: tuple[Rows, Rows] | None


def run_of(call: CallSpec, start: Factors, got: Factors | None) -> Run:
    """The run of a call."""
    return Run(
        call,
        start,
        got,
        rows_of(call.A),
        None if call.M is None else rows_of(call.M),
        rows_of(start[0]),
        rows_of(start[1]),
        None if got is None else (rows_of(got[0]), rows_of(got[1])),
    )


def runs(
    context: FactorisationContext, bench: Bench, reading: Reading | None = None, start: "Start | None" = None
) -> tuple[Run, ...]:
    """What the function did in every call, small ones first. Empty where no start can be seen."""
    found: list[Run] = []
    seen_start = start or start_of
    # The last one is long: a rule may agree for three epochs and part later.
    for call in context.all_informative(
        bench, (*sorted(context.inputs.all(), key=_size), context.inputs.many)
    ):
        try:
            began = seen_start(context, bench, call, reading)
            found.append(run_of(call, began, _end(context, bench, call, reading)))
        except WorkerEnded:
            return ()
        except UnusableResult:
            continue
    return tuple(found)


def _size(call: CallSpec) -> tuple[int, int]:
    return call.A.size * call.epochs, call.rank


def moved(seen: Iterable[Run]) -> bool:
    """Whether anything was ever changed."""
    return any(run.got is not None and not _same(run.got, run.start) for run in seen)


def _same(first: Factors, second: Factors) -> bool:
    return np.array_equal(first[0], second[0]) and np.array_equal(first[1], second[1])


def _end(
    context: FactorisationContext, bench: Bench, call: CallSpec, reading: Reading | None
) -> Factors | None:
    try:
        return context.probe.observe(bench, call, reading=reading)
    except WorkerEnded:
        raise
    except UnusableResult:
        return None


def start_of(
    context: FactorisationContext, bench: Bench, call: CallSpec, reading: Reading | None = None
) -> Factors:
    """The start where a mistake may ignore lr or the number of epochs.

    What no epochs leave; where that cannot be seen, or is already what the epochs leave, what lr = 0 leaves.
    """
    idle = call.still()
    if call.idle > 0:  # a function that refuses 0 refuses no epochs too
        return context.probe.observe(bench, idle, reading=reading)
    try:
        start = context.probe.observe(bench, call.changed(epochs=0), reading=reading)
    except WorkerEnded:
        raise
    except UnusableResult:
        return context.probe.observe(bench, idle, reading=reading)
    got = _end(context, bench, call, reading)
    if got is None or not _same(start, got):
        return start
    still = _end(context, bench, idle, reading)
    return start if still is None else still


def start_without_rate(
    context: FactorisationContext, bench: Bench, call: CallSpec, reading: Reading | None = None
) -> Factors:
    """What lr = 0 leaves: the start of a function that runs epochs it was not asked for."""
    return context.probe.observe(bench, call.still(), reading=reading)


Start: TypeAlias = Callable[[FactorisationContext, Bench, CallSpec, Reading | None], Factors]


def explain_by_one(seen: Sequence[Run], entries: tuple[Misconception, ...]) -> tuple[Misconception, ...]:
    """The mistake that explains every run; empty where none does."""
    for entry in entries:
        if any(all_explained(rule, seen) for rule in entry.rules):
            return (entry,)
    return ()


def explain_by_two(seen: Sequence[Run], entries: tuple[Misconception, ...]) -> tuple[Misconception, ...]:
    """Two mistakes that explain every run together, or one beside a sound difference, which is not named."""
    for named, rule in _together(entries):
        if all_explained(rule, seen):
            return named
    return ()


@lru_cache(maxsize=4)
def _together(entries: tuple[Misconception, ...]) -> tuple[tuple[tuple[Misconception, ...], Rule], ...]:
    """Every mistake with a sound difference, then every two mistakes, as one rule each.

    Rules that run many epochs whatever is asked for are left out: they would cost more than all others.
    """
    short = [(entry, rule) for entry in entries for rule in entry.rules if rule.epochs(1) <= 20]
    sound = [variant.rule for variant in VARIANTS]
    found: list[tuple[tuple[Misconception, ...], Rule]] = []
    for entry, rule in short:
        found += [((entry,), both) for other in sound if (both := rule.with_changes_of(other)) is not None]
    for (first, rule), (second, other) in combinations(short, 2):
        if first is not second and (both := rule.with_changes_of(other)) is not None:
            found.append(((first, second), both))
    return tuple(found)


def all_explained(rule: Rule, seen: Sequence[Run]) -> bool:
    """Whether the rule explains every run."""
    return all(explains(rule, run) for run in seen)


def explains(rule: Rule, seen: Run) -> bool:
    """Whether the rule, from the run's start, ends where the run ended, or fails where it failed."""
    epochs = seen.call.epochs
    try:
        U, V = run_rows(rule, seen.A, seen.M, seen.U0, seen.V0, epochs, seen.call.lr)
    except OverflowError:
        return seen.ends is not None and not all(abs(x) <= BLOWN_UP / 100 for x in _flat(*seen.ends))
    except (IndexError, ValueError, ZeroDivisionError):
        return seen.ends is None
    if seen.ends is None:
        return False
    expected, got = _flat(U, V), _flat(*seen.ends)
    if len(expected) != len(got):
        return False
    scale = max((abs(x) for x in expected if not math.isnan(x)), default=0.0)
    if scale > BLOWN_UP:
        return not all(abs(x) <= BLOWN_UP / 100 for x in got)
    allowed = CLOSENESS * max(scale, 1.0) * max(epochs, 1)
    return all(abs(x - y) <= allowed or (x != x and y != y) for x, y in zip(expected, got, strict=True))


def _flat(U: Iterable[Iterable[float]], V: Iterable[Iterable[float]]) -> list[float]:
    return [x for part in (U, V) for row in part for x in row]


def follows_sheet(seen: Sequence[Run]) -> bool:
    """Whether the sheet's rule explains every run."""
    return all_explained(SHEET, seen)
