"""Which way round the two factors come back: as the sheet asks for them, or so that they can be told all the same.

A function that returns V before U, or Vᵀ for V, has factorised as well as any other. It loses what `shapes` is worth,
and everything else is looked at as if U and V had come as asked.
"""

from typing import Final, TypeAlias

import numpy as np
import numpy.typing as npt

from grader.lab import Frozen

__all__ = ["AS_ASKED", "FLAT", "LAYOUTS", "SWAPPED", "TURNED", "U_TURNED", "V_TURNED", "FactorLayout"]

Array: TypeAlias = npt.NDArray[np.float64]
Shape: TypeAlias = tuple[int, ...]


class FactorLayout(Frozen, frozen=True):
    """An order and a form of the two factors; the defaults are the sheet's: U (m, rank), then V (n, rank)."""

    name: str = "as asked"
    is_swapped: bool = False
    turns_u: bool = False
    turns_v: bool = False
    is_flat: bool = False

    def shapes(self, m: int, n: int, rank: int) -> tuple[Shape, Shape]:
        """The shapes of the first and the second array that come back."""
        U, V = self._shape(m, rank, self.turns_u), self._shape(n, rank, self.turns_v)
        return (V, U) if self.is_swapped else (U, V)

    def restored(self, first: Array, second: Array, rank: int) -> tuple[Array, Array]:
        """U (m, rank) and V (n, rank) from what came back in these shapes."""
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
"""All but the sheet's. On an oblong matrix of a rank that is neither of its sizes no two have the same shapes."""
