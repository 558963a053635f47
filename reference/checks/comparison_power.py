"""The power of a comparison: how far the sheet's rule moves U and V, in multiples of the tolerance.

From zeros, the sheet's rule stays at zeros, and so does a function that does nothing. Agreement counts only
if wrong code would have disagreed: code that does nothing, omits a row, a column or a component, or uses
hidden cells must end a multiple of the tolerance away.
"""

from collections.abc import Iterator
from typing import Final

import numpy as np
import numpy.typing as npt

from reference.rules.update_rule import Factors, Matrix, Row, Rule

__all__ = [
    "LEAST_POWER",
    "LEAST_POWER_OF_A_LONG_RUN",
    "LEAST_TO_A_RIVAL",
    "apart",
    "power_of",
    "power_of_a_long_run",
    "rivals",
]

LEAST_POWER: Final = 100.0
"""How many tolerances the sheet's rule must move each row and each component in a few epochs. Known mistakes
change a step by at least a hundredth of its length, so each row that they touch is off by at least one
tolerance."""

LEAST_POWER_OF_A_LONG_RUN: Final = 10.0
"""How many tolerances a long run must move each factor. Over a thousand epochs, rounding errors grow, most of
all when a small start leaves a saddle, but the effects of a mistake grow as well."""

LEAST_TO_A_RIVAL: Final = 10.0
"""How many tolerances away a rule that omits something must end, in the entry that differs most."""

Array = npt.NDArray[np.float64]


def power_of(
    M: npt.NDArray[np.generic] | None,
    start: Factors,
    end: Factors,
    tolerance: Factors,
    unmasked: Factors,
    of_zeros: Factors,
) -> float:
    """The smallest change that the sheet's rule must make in a few epochs, as a multiple of the tolerance.

    M: (m, n); all others: (m, rank) and (n, rank). `end` must differ from the start and from the end for a
    matrix of zeros in each row of U and V that an observed cell touches, and from the end without the mask in
    each row that a hidden cell touches. Every component must move. 0 if a value is not finite.
    """
    if not _are_finite(start, end, tolerance):
        return 0.0
    observed = np.ones((len(start[0]), len(start[1])), bool) if M is None else np.asarray(M == 1)
    moved = _in_tolerances(end, start, tolerance)
    least = list(_of_rows(moved, observed))
    if observed.any():
        least += [float(share) for factor in moved for share in factor.max(axis=0)]
        least += _of_rows(_in_tolerances(end, of_zeros, tolerance), observed)
    if not observed.all():
        least += _of_rows(_in_tolerances(end, unmasked, tolerance), ~observed)
    return float(np.nan_to_num(min(least), nan=0.0, posinf=np.inf))


def _without_prediction(a: float, u: Row, v: Row) -> float:
    return a


def _first_component(a: float, u: Row, v: Row) -> float:
    return a - u[0] * v[0]


def _first_for_all(a: float, u: Row, v: Row) -> float:
    return a - len(u) * u[0] * v[0]


def _filled_with_zeros(A: Matrix, M: Matrix | None) -> tuple[Matrix, Matrix | None]:
    if M is None:
        return A, M
    return [[a * m for a, m in zip(row, mask, strict=True)] for row, mask in zip(A, M, strict=True)], None


_ALWAYS: Final = (Rule("no prediction", error=_without_prediction),)
_OF_COMPONENTS: Final = (Rule("first", error=_first_component), Rule("first for all", error=_first_for_all))
_OF_MASKS: Final = (Rule("zeros", prepare=_filled_with_zeros),)


def rivals(rank: int, hides: bool) -> tuple[Rule, ...]:
    """Wrong rules that omit something and that some starts cannot tell from the sheet's rule.

    Tiny numbers hide a missing prediction; equal or vanishing components hide a missing dot product. `hides`
    says whether the mask hides a cell.
    """
    return (*_ALWAYS, *(_OF_COMPONENTS if rank > 1 else ()), *(_OF_MASKS if hides else ()))


def apart(end: Factors, other: Factors, tolerance: Factors) -> float:
    """The largest distance between two ends, in tolerances; infinite if `other` is not finite."""
    if not _are_finite(other):
        return np.inf
    return max(float(change.max()) for change in _in_tolerances(end, other, tolerance))


def power_of_a_long_run(start: Factors, end: Factors, tolerance: Factors) -> float:
    """How many tolerances the rule moves U or V, whichever moves less; 0 if a value is not finite."""
    if not _are_finite(start, end, tolerance):
        return 0.0
    return min(float(change.max()) for change in _in_tolerances(end, start, tolerance))


def _are_finite(*factors: Factors) -> bool:
    return all(np.isfinite(factor).all() for pair in factors for factor in pair)


def _in_tolerances(first: Factors, second: Factors, tolerance: Factors) -> list[Array]:
    return [np.abs(x - y) / t for x, y, t in zip(first, second, tolerance, strict=True)]


def _of_rows(changes: list[Array], cells: npt.NDArray[np.bool_]) -> Iterator[float]:
    """The largest change in each row of U and V that belongs to one of the cells."""
    for change, touched in zip(changes, (cells.any(axis=1), cells.any(axis=0)), strict=True):
        yield from (float(most) for most in change[touched].max(axis=1))
