"""The layout of the two returned factors: as the sheet requires, or in another form that can be recognised.

A function that returns V before U, or Vᵀ instead of V, has factorised as well as any other. It loses the
marks of the check `shapes`; the other checks read U and V as if they had been returned as required.
"""

from typing import Final, TypeAlias

import numpy as np
import numpy.typing as npt

from grader.lab import Frozen

__all__ = ["AS_ASKED", "FLAT", "LAYOUTS", "SWAPPED", "TURNED", "U_TURNED", "V_TURNED", "FactorLayout"]

Array: TypeAlias = npt.NDArray[np.float64]
Shape: TypeAlias = tuple[int, ...]


class FactorLayout(Frozen, frozen=True):
    """The order and form of the two factors; the defaults are the sheet's: U (m, rank), then V (n, rank)."""

    name: str = "as asked"
    is_swapped: bool = False
    turns_u: bool = False
    turns_v: bool = False
    is_flat: bool = False

    def shapes(self, m: int, n: int, rank: int) -> tuple[Shape, Shape]:
        """The shapes of the first and the second returned array."""
        U, V = self._shape(m, rank, self.turns_u), self._shape(n, rank, self.turns_v)
        return (V, U) if self.is_swapped else (U, V)

    def restored(self, first: Array, second: Array, rank: int) -> tuple[Array, Array]:
        """U (m, rank) and V (n, rank), restored from the two returned arrays."""
        U, V = (second, first) if self.is_swapped else (first, second)
        if self.is_flat:
            return U.reshape(-1, rank), V.reshape(-1, rank)
        return U.T if self.turns_u else U, V.T if self.turns_v else V

    def _shape(self, size: int, rank: int, is_turned: bool) -> Shape:
        if self.is_flat:
            return (size * rank,)
        return (rank, size) if is_turned else (size, rank)


AS_ASKED: Final = FactorLayout()
SWAPPED: Final = FactorLayout("U and V are swapped", is_swapped=True)
V_TURNED: Final = FactorLayout("V is transposed", turns_v=True)
U_TURNED: Final = FactorLayout("U is transposed", turns_u=True)
TURNED: Final = FactorLayout("U and V are transposed", turns_u=True, turns_v=True)
FLAT: Final = FactorLayout("U and V have lost their shape", is_flat=True)

LAYOUTS: Final = (SWAPPED, V_TURNED, U_TURNED, TURNED, FLAT)
"""All layouts except the sheet's. If m, n and rank all differ, no two layouts have the same shapes."""
