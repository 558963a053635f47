"""Whether a mistaken rule gives what a student's function gave, on every rung, from its own start."""

from collections.abc import Callable, Iterable, Sequence
from typing import Final, TypeAlias

import msgspec
import numpy as np

from grader import wire
from grader.lab import Bench
from reference.descent import Setting, first_mismatch
from reference.epochs import SHEET, Factors, Rule, run
from reference.ladder import Ladder
from reference.misconceptions.entry import Misconception
from reference.returned import Ended, Refused, factors
from reference.variants import VARIANTS

__all__ = ["CLOSENESS", "Reading", "Run", "explain", "explains", "follows_sheet", "moved", "runs"]

CLOSENESS: Final = 1e-6
"""A rule explains a run where every entry agrees to this for each epoch, relative to the largest one: above
the rounding of float32 (6e-8 an operation), and a thousandth of what a mistake changes."""

Reading: TypeAlias = Callable[[wire.Value, int, int, int], Factors]
"""How a returned value is read for m, n and rank. Raises Refused."""


class Run(msgspec.Struct, frozen=True):
    """What the function did in one setting: U and V before, and after; None where it gave none."""

    setting: Setting
    start: Factors
    got: Factors | None


def runs(ladder: Ladder, bench: Bench, reading: Reading = factors) -> tuple[Run, ...]:
    """What the function did on every rung, small ones first. Empty where no start can be seen."""
    found: list[Run] = []
    for setting in sorted(ladder.settings(), key=_size):
        setting = ladder.typed(bench, setting)
        try:
            start = _start(ladder, bench, setting, reading)
            found.append(Run(setting, start, _end(ladder, bench, setting, reading)))
        except Ended:
            return ()
        except Refused:
            continue
    return tuple(found)


def _size(setting: Setting) -> tuple[int, int]:
    return setting.A.size * setting.epochs, setting.rank


def moved(seen: Iterable[Run]) -> bool:
    """Whether anything was ever changed."""
    return any(run.got is not None and not np.array_equal(run.got[0], run.start[0]) for run in seen)


def _read(ladder: Ladder, bench: Bench, setting: Setting, reading: Reading) -> Factors:
    return ladder.descent.observe(bench, setting, reading=reading)


def _end(ladder: Ladder, bench: Bench, setting: Setting, reading: Reading) -> Factors | None:
    try:
        return _read(ladder, bench, setting, reading)
    except Ended:
        raise
    except Refused:
        return None


def _start(ladder: Ladder, bench: Bench, setting: Setting, reading: Reading) -> Factors:
    """The start where a mistake may ignore lr: what no epochs leave, else what lr = 0 leaves."""
    try:
        return _read(ladder, bench, setting.changed(epochs=0), reading)
    except Ended:
        raise
    except Refused:
        return _read(ladder, bench, setting.changed(epochs=1, lr=0.0), reading)


def explain(seen: Sequence[Run], entries: Sequence[Misconception]) -> tuple[Misconception, ...]:
    """The mistake that explains every run, or two that do so together; empty where none does.

    A mistake may come with a sound difference (V before U, say), which is then not named.
    """
    for entry in entries:
        if any(_all(rule, seen) for rule in entry.rules):
            return (entry,)
    sound = tuple(variant.rule for variant in VARIANTS)
    for entry in entries:
        for rule in entry.rules:
            for other in sound:
                both = rule.with_changes_of(other)
                if both is not None and _all(both, seen):
                    return (entry,)
    return _pair(seen, entries)


def _pair(seen: Sequence[Run], entries: Sequence[Misconception]) -> tuple[Misconception, ...]:
    """Two mistakes at once: only those that change the sheet's rule on a run it does not explain."""
    for number, first in enumerate(entries):
        for rule in first.rules:
            for second in entries[number + 1 :]:
                for other in second.rules:
                    both = rule.with_changes_of(other)
                    if both is not None and _all(both, seen):
                        return first, second
    return ()


def _all(rule: Rule, seen: Sequence[Run]) -> bool:
    return all(explains(rule, run) for run in seen)


def explains(rule: Rule, seen: Run) -> bool:
    """Whether the rule, from the run's start, ends where the run ended, or fails where it failed."""
    setting = seen.setting
    try:
        expected = run(rule, setting.A, setting.M, seen.start, setting.epochs, setting.lr)
    except (IndexError, ValueError, ZeroDivisionError):
        return seen.got is None
    if seen.got is None:
        return False
    finite = [part[np.isfinite(part)] for part in expected]
    scale = max(1.0, *(float(np.abs(part).max(initial=0.0)) for part in finite))
    if scale > 1e6:
        return False  # a run that blows up shows no rule
    allowed = CLOSENESS * scale * max(setting.epochs, 1)
    tolerance = (np.full(expected[0].shape, allowed), np.full(expected[1].shape, allowed))
    return first_mismatch(seen.got, expected, tolerance) is None


def follows_sheet(seen: Sequence[Run]) -> bool:
    """Whether the sheet's rule explains every run."""
    return _all(SHEET, seen)
