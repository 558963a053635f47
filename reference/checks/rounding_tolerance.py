"""The tolerance between a float32 computation and a rule, and whether agreement within it proves anything.

Pure functions of a rule, a call and a start; nothing here calls a student's function.
"""

from collections.abc import Iterable
from typing import Final

import numpy as np
import numpy.typing as npt

from grader.lab import Frozen
from reference.checks.call_spec import CallSpec
from reference.checks.comparison_power import (
    LEAST_TO_A_RIVAL,
    apart,
    power_of,
    power_of_a_long_run,
    rivals,
)
from reference.rules.update_rule import SHEET, UNIT_ROUNDOFF, Factors, Rule, run, run_with_bounds, sensitivity

__all__ = [
    "LAMBDA",
    "SAFETY",
    "Mismatch",
    "expected",
    "expected_in_the_long_run",
    "first_mismatch",
    "long_run_compared",
    "power",
    "shows_all",
]

SAFETY: Final = 4.0
"""The bound of `run_with_bounds` is first-order rigorous for the sheet's formula; the factor leaves room
for formulas that round a few times more (A − U Vᵀ as a whole, lr multiplied in last)."""

LAMBDA: Final = 7.0
"""Probabilistic rounding error analysis (Higham and Mary 2019): n roundings add up to at most λ√n·u,
except with probability 2·exp(−λ²/2), here 5e-11."""

SMALLEST: Final = 2.0**-126
"""The smallest normal float32: no tolerance is smaller."""

FEW_CELLS: Final = 20
"""The most cells of a matrix on which to run the rules that omit something."""


class Mismatch(Frozen, frozen=True):
    """The first entry where a student's factors differ from a rule's: both values and the tolerance."""

    entry: str
    got: float
    wanted: float
    tolerance: float
    got_factors: Factors
    wanted_factors: Factors
    separation: float
    """|got − wanted| / tolerance; greater than 1."""


def first_mismatch(got: Factors, wanted: Factors, tolerance: Factors) -> Mismatch | None:
    """The first entry out of tolerance; finiteness is compared before distance.

    Two values that are not finite count as equal here; the caller decides whether that proves anything.
    """
    for name, ours, theirs, allowed in zip("UV", wanted, got, tolerance, strict=True):
        with np.errstate(invalid="ignore"):
            same = (np.abs(theirs - ours) <= allowed) | ~np.isfinite(ours) & ~np.isfinite(theirs)
        if not same.all():
            row, column = (int(i) for i in np.argwhere(~same)[0])
            width = float(allowed[row, column])
            return Mismatch(
                entry=f"{name}[{row}, {column}]",
                got=float(theirs[row, column]),
                wanted=float(ours[row, column]),
                tolerance=width,
                got_factors=got,
                wanted_factors=wanted,
                separation=abs(float(theirs[row, column]) - float(ours[row, column])) / width,
            )
    return None


# --- a few epochs -----------------------------------------------------------------------------------------


def expected(call: CallSpec, start: Factors, rule: Rule = SHEET) -> tuple[Factors, Factors]:
    """Where the rule ends after a few epochs, and the tolerance for a float32 computation."""
    wanted, bounds = run_with_bounds(rule, call.A, call.M, start, call.epochs, call.lr)
    tiny = max(UNIT_ROUNDOFF * min(1.0, _largest((*start, *wanted))), SMALLEST)
    return wanted, (SAFETY * bounds[0] + tiny, SAFETY * bounds[1] + tiny)


def power(call: CallSpec, start: Factors) -> float:
    """How many tolerances the sheet's rule moves U and V in a few epochs; see `power_of`."""
    wanted, tolerance = expected(call, start)
    unmasked = run(SHEET, call.A, None, start, call.epochs, call.lr)
    of_zeros = run(SHEET, np.zeros_like(call.A), call.M, start, call.epochs, call.lr)
    return power_of(call.M, start, wanted, tolerance, unmasked, of_zeros)


def shows_all(call: CallSpec, start: Factors) -> bool:
    """Whether every rule that omits something ends out of tolerance; always true for larger matrices."""
    if call.A.size > FEW_CELLS:
        return True
    wanted, tolerance = expected(call, start)
    hides = call.M is not None and bool((call.M != 1).any())
    if call.M is not None and not (call.M == 1).any():
        return True  # without observed cells there is nothing to predict
    ends = (run(rule, call.A, call.M, start, call.epochs, call.lr) for rule in rivals(call.rank, hides))
    return all(apart(wanted, end, tolerance) >= LEAST_TO_A_RIVAL for end in ends)


# --- a hundred epochs and more ----------------------------------------------------------------------------


def expected_in_the_long_run(call: CallSpec, start: Factors) -> tuple[Factors, Factors]:
    """Where the sheet's rule ends after many epochs, and the tolerance, which allows for growing errors."""
    wanted, narrow = _expected_narrowly(SHEET, call, start)
    return wanted, _magnified(SHEET, call, start, wanted, narrow)


def long_run_compared(
    rule: Rule, call: CallSpec, start: Factors, got: Factors
) -> tuple[Mismatch | None, float]:
    """Where a long run differs from the rule's, and the power of the comparison with the tolerance used.

    Most runs agree without room for growing rounding errors; measuring that growth takes two more runs.
    """
    wanted, tolerance = _expected_narrowly(rule, call, start)
    mismatch = first_mismatch(got, wanted, tolerance)
    if mismatch is not None:
        tolerance = _magnified(rule, call, start, wanted, tolerance)
        mismatch = first_mismatch(got, wanted, tolerance)
    return mismatch, power_of_a_long_run(start, wanted, tolerance)


def _expected_narrowly(rule: Rule, call: CallSpec, start: Factors) -> tuple[Factors, Factors]:
    """The end and the tolerance if no rounding error grew: λ√N·u·scale, with N roundings per entry."""
    wanted = run(rule, call.A, call.M, start, call.epochs, call.lr)
    roundings = np.sqrt(call.epochs * max(call.A.shape)) * UNIT_ROUNDOFF
    return wanted, _constant(wanted, LAMBDA * roundings * max(_largest((*start, *wanted)), SMALLEST))


def _magnified(rule: Rule, call: CallSpec, start: Factors, wanted: Factors, narrow: Factors) -> Factors:
    """The tolerance times κ, the measured magnification of a change."""
    factor = sensitivity(rule, call.A, call.M, start, call.epochs, call.lr, wanted)
    return narrow[0] * factor, narrow[1] * factor


def _constant(like: Factors, value: float) -> Factors:
    return np.full(like[0].shape, value), np.full(like[1].shape, value)


def _largest(arrays: Iterable[npt.NDArray[np.float64]]) -> float:
    """The largest finite absolute value; 0 if there is none."""
    return max((float(np.abs(array[np.isfinite(array)]).max(initial=0.0)) for array in arrays), default=0.0)
