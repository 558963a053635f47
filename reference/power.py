"""How much a comparison can tell: what the sheet's rule changes, in multiples of what is tolerated.

From zeros the sheet's rule stays at zeros, and so does a function that does nothing. Agreement counts only where it
could have come out otherwise: where doing nothing, leaving out a row, a column or a component, or looking at hidden
cells, would have ended elsewhere by a multiple of the tolerance.
"""

from collections.abc import Iterator
from typing import Final

import numpy as np
import numpy.typing as npt

from reference.epochs import Factors

__all__ = ["LEAST_POWER", "LEAST_POWER_OF_A_LONG_RUN", "power_of", "power_of_a_long_run"]

LEAST_POWER: Final = 100.0
"""Multiples of the tolerance that the sheet's rule has to move each row and each component by, in a few epochs. Known
mistakes change a step by a hundredth of it or more, so that they miss by a tolerance or more in each row they touch."""

LEAST_POWER_OF_A_LONG_RUN: Final = 10.0
"""Multiples that a long run has to move each factor by. Over a thousand epochs rounding is magnified, most of all where a
small start leaves a saddle, and mistakes add up just as well."""

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
    last, a hidden cell). No component may stay, or be the same as another one: a rule for rank 1 would do. 0 where
    something is not finite.
    """
    if not _are_finite(start, end, tolerance):
        return 0.0
    shape = len(start[0]), len(start[1])
    seen = np.ones(shape, bool) if M is None else np.asarray(M == 1)
    moved = _in_tolerances(end, start, tolerance)
    least = list(_of_rows(moved, seen))
    if seen.any():
        least += [float(share) for factor in moved for share in factor.max(axis=0)]
        least += _of_rows(_in_tolerances(end, of_zeros, tolerance), seen)
        least += _between_components(start, tolerance)
    if not seen.all():
        least += _of_rows(_in_tolerances(end, unmasked, tolerance), ~seen)
    return float(np.nan_to_num(min(least), nan=0.0, posinf=np.inf))


def _between_components(start: Factors, tolerance: Factors) -> Iterator[float]:
    """How far each component of the start is from the one before, in U or in V, once sorted by their first entries."""
    both = np.concatenate([factor / allowed for factor, allowed in zip(start, tolerance, strict=True)])
    ordered = both[:, np.argsort(both[0], kind="stable")]
    yield from (float(apart) for apart in np.abs(np.diff(ordered, axis=1)).max(axis=0, initial=0.0))


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
