"""Compare mistaken rules with the runs of a student's function, in every call, from its own start."""

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
"""A rule explains a run if every entry agrees within this per epoch, relative to the largest entry: more than
the rounding of float32 (6e-8 per operation), and a thousandth of the effect of a mistake."""

BLOWN_UP: Final = 1e6
"""A run with entries beyond this diverges. Rounding then hides the rule, which has only to diverge, too."""

Reading: TypeAlias = Callable[[Value, int, int, int], Factors]
"""Reads a returned value for m, n and rank instead of the call's layout. Raises UnusableResult."""


class Run(msgspec.Struct, frozen=True):
    """One call of the function: U and V before and after; `got` is None if there was no usable result.

    The same numbers are also stored as rows, because thousands of rules are tried on them.
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
    """The runs of all calls, small ones first; empty if no start can be observed."""
    recorded: list[Run] = []
    observe_start = start or start_of
    # The last call is long: a rule may agree for three epochs and differ later.
    for call in context.all_informative(
        bench, (*sorted(context.inputs.all(), key=_size), context.inputs.many)
    ):
        try:
            begin = observe_start(context, bench, call, reading)
            recorded.append(run_of(call, begin, _end(context, bench, call, reading)))
        except WorkerEnded:
            return ()
        except UnusableResult:
            continue
    return tuple(recorded)


def _size(call: CallSpec) -> tuple[int, int]:
    return call.A.size * call.epochs, call.rank


def moved(recorded: Iterable[Run]) -> bool:
    """Whether any run changed U or V."""
    return any(run.got is not None and not _same(run.got, run.start) for run in recorded)


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
    """The start, for functions that may ignore lr or the number of epochs.

    The result of 0 epochs, or of lr = 0 if the former cannot be read or equals the result of the call itself.
    """
    idle = call.still()
    if call.idle > 0:  # a function that rejects lr = 0 rejects 0 epochs, too
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
    """The result of lr = 0: the start of a function that runs more epochs than requested."""
    return context.probe.observe(bench, call.still(), reading=reading)


Start: TypeAlias = Callable[[FactorisationContext, Bench, CallSpec, Reading | None], Factors]


def explain_by_one(recorded: Sequence[Run], entries: tuple[Misconception, ...]) -> tuple[Misconception, ...]:
    """The mistake that explains every run; empty if none does."""
    for entry in entries:
        if any(all_explained(rule, recorded) for rule in entry.rules):
            return (entry,)
    return ()


def explain_by_two(recorded: Sequence[Run], entries: tuple[Misconception, ...]) -> tuple[Misconception, ...]:
    """Two mistakes that together explain every run, or one mistake on top of a sound variant."""
    for named, rule in _together(entries):
        if all_explained(rule, recorded):
            return named
    return ()


@lru_cache(maxsize=4)
def _together(entries: tuple[Misconception, ...]) -> tuple[tuple[tuple[Misconception, ...], Rule], ...]:
    """Every mistake combined with a sound variant, then every pair of mistakes, as one rule each.

    Rules that run many epochs regardless of the call are left out: they would cost more than all others.
    """
    short = [(entry, rule) for entry in entries for rule in entry.rules if rule.epochs(1) <= 20]
    sound = [variant.rule for variant in VARIANTS]
    combined: list[tuple[tuple[Misconception, ...], Rule]] = []
    for entry, rule in short:
        combined += [((entry,), both) for other in sound if (both := rule.with_changes_of(other)) is not None]
    for (first, rule), (second, other) in combinations(short, 2):
        if first is not second and (both := rule.with_changes_of(other)) is not None:
            combined.append(((first, second), both))
    return tuple(combined)


def all_explained(rule: Rule, recorded: Sequence[Run]) -> bool:
    """Whether the rule explains every run."""
    return all(explains(rule, run) for run in recorded)


def explains(rule: Rule, run: Run) -> bool:
    """Whether the rule, from the run's start, ends where the run ended, or fails as the run failed."""
    epochs = run.call.epochs
    try:
        U, V = run_rows(rule, run.A, run.M, run.U0, run.V0, epochs, run.call.lr)
    except OverflowError:
        return run.ends is not None and not all(abs(x) <= BLOWN_UP / 100 for x in _flat(*run.ends))
    except (IndexError, ValueError, ZeroDivisionError):
        return run.ends is None
    if run.ends is None:
        return False
    expected, got = _flat(U, V), _flat(*run.ends)
    if len(expected) != len(got):
        return False
    scale = max((abs(x) for x in expected if not math.isnan(x)), default=0.0)
    if scale > BLOWN_UP:
        return not all(abs(x) <= BLOWN_UP / 100 for x in got)
    allowed = CLOSENESS * max(scale, 1.0) * max(epochs, 1)
    return all(abs(x - y) <= allowed or (x != x and y != y) for x, y in zip(expected, got, strict=True))


def _flat(U: Iterable[Iterable[float]], V: Iterable[Iterable[float]]) -> list[float]:
    return [x for part in (U, V) for row in part for x in row]


def follows_sheet(recorded: Sequence[Run]) -> bool:
    """Whether the sheet's rule explains every run."""
    return all_explained(SHEET, recorded)
