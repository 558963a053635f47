"""How much a comparison can tell: what the sheet's rule changes, in multiples of what is tolerated.

From zeros the sheet's rule stays at zeros, and so does a function that does nothing. Agreement counts only where it
could have come out otherwise: where doing nothing, leaving out a row, a column or a component, or looking at hidden
cells, would have ended elsewhere by a multiple of the tolerance.
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
"""Multiples of the tolerance that the sheet's rule has to move each row and each component by, in a few epochs. Known
mistakes change a step by a hundredth of it or more, so that they miss by a tolerance or more in each row they touch."""

LEAST_POWER_OF_A_LONG_RUN: Final = 10.0
"""Multiples that a long run has to move each factor by. Over a thousand epochs rounding is magnified, most of all where a
small start leaves a saddle, and mistakes add up just as well."""

LEAST_TO_A_RIVAL: Final = 10.0
"""Multiples of the tolerance by which a rule that leaves something out has to end elsewhere, in its worst entry."""

Array = npt.NDArray[np.float64]


def power_of(
    M: npt.NDArray[np.generic] | None,
    start: Factors,
    end: Factors,
    tolerance: Factors,
    unmasked: Factors,
    of_zeros: Factors,
) -> float:
    """The least that the sheet's rule changes of what it should change in a few epochs, over the tolerance there.

    M: (m, n); all others: (m, rank) and (n, rank). `end` has to be away from the start, from where the rule ends for a
    matrix of zeros, and from where it ends without the mask: in each row of U and V that an observed cell touches (of the
    last, a hidden cell), and no component may stay. 0 where something is not finite.
    """
    if not _are_finite(start, end, tolerance):
        return 0.0
    seen = np.ones((len(start[0]), len(start[1])), bool) if M is None else np.asarray(M == 1)
    moved = _in_tolerances(end, start, tolerance)
    least = list(_of_rows(moved, seen))
    if seen.any():
        least += [float(share) for factor in moved for share in factor.max(axis=0)]
        least += _of_rows(_in_tolerances(end, of_zeros, tolerance), seen)
    if not seen.all():
        least += _of_rows(_in_tolerances(end, unmasked, tolerance), ~seen)
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
    """Rules that leave something out, which a start can be chosen to hide: tiny numbers hide the prediction, equal or
    vanishing components the dot product. `hides` says whether the mask hides a cell.
    """
    return (*_ALWAYS, *(_OF_COMPONENTS if rank > 1 else ()), *(_OF_MASKS if hides else ()))


def apart(end: Factors, other: Factors, tolerance: Factors) -> float:
    """The largest distance of two ends, over the tolerance there; infinite where the other is not finite."""
    if not _are_finite(other):
        return np.inf
    return max(float(change.max()) for change in _in_tolerances(end, other, tolerance))


def power_of_a_long_run(start: Factors, end: Factors, tolerance: Factors) -> float:
    """How far the rule moves U and V as a whole, the less of the two, over the tolerance; 0 where it is not finite."""
    if not _are_finite(start, end, tolerance):
        return 0.0
    return min(float(change.max()) for change in _in_tolerances(end, start, tolerance))


def _are_finite(*factors: Factors) -> bool:
    return all(np.isfinite(factor).all() for pair in factors for factor in pair)


def _in_tolerances(first: Factors, second: Factors, tolerance: Factors) -> list[Array]:
    return [np.abs(x - y) / t for x, y, t in zip(first, second, tolerance, strict=True)]


def _of_rows(changes: list[Array], cells: npt.NDArray[np.bool_]) -> Iterator[float]:
    """The largest change in each row of U and V that one of the cells touches."""
    for change, touched in zip(changes, (cells.any(axis=1), cells.any(axis=0)), strict=True):
        yield from (float(most) for most in change[touched].max(axis=1))
