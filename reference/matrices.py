"""The sheet's matrix and mask, and seeded matrices and masks to try code on.

The same seed draws the same matrices on every machine. Every function that draws takes a seed or a
`numpy.random.Generator`, which lets one stream draw several things in turn.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

__all__ = [
    "MASK_DTYPES",
    "SHAPES",
    "A",
    "M",
    "all_hidden",
    "all_observed",
    "column_hidden",
    "generator",
    "hidden_changed",
    "nearly_repeated",
    "one_cell",
    "one_observed",
    "rank_deficient",
    "row_hidden",
    "scattered",
    "signed",
    "well_separated",
    "with_spectrum",
]

Matrix = npt.NDArray[np.float32]
Mask = npt.NDArray[np.int64]
Seed = int | np.random.Generator


def _read_only(array: npt.NDArray[Any]) -> npt.NDArray[Any]:
    array.setflags(write=False)
    return array


A: Matrix = _read_only(
    np.array(
        [[0.3374, 0.6005, 0.1735], [3.3359, 0.0492, 1.8374], [2.9407, 0.5301, 2.2620]],
        dtype=np.float32,
    )
)
"""The matrix of the sheet (exercises 1.2, 2.1, 3.2): (3, 3) float32, read-only."""

M: Mask = _read_only(np.array([[1, 1, 1], [0, 1, 1], [1, 0, 1]], dtype=np.int64))
"""The mask of the sheet, hiding (2,1) and (3,2) (exercise 3.2): (3, 3) int64, read-only."""

SHAPES: dict[str, tuple[int, int]] = {
    "1×1": (1, 1),
    "1×n": (1, 4),
    "m×1": (4, 1),
    "square": (3, 3),
    "wide": (2, 5),
    "tall": (5, 2),
}
"""Shapes that isolate the update rule, the loop over columns, the loop over rows, then both."""

MASK_DTYPES: dict[str, npt.DTypeLike] = {"int": np.int64, "float": np.float32, "bool": np.bool_}
"""What students make masks of; `mask.astype(...)` leaves 0 and 1 what they are."""


def generator(seed: Seed) -> np.random.Generator:
    """Return the stream of a seed, or the generator itself."""
    return seed if isinstance(seed, np.random.Generator) else np.random.Generator(np.random.PCG64(seed))


# --- matrices ---------------------------------------------------------------------------------------------


def signed(m: int, n: int, rng: Seed) -> Matrix:
    """Draw entries of either sign with sizes from U[0.5, 2): (m, n) float32.

    Bounded away from zero, so that leaving out any one cell shows in a single epoch. Where there are two entries or
    more, both signs occur, so that it is not luck whether a mistake shows that needs one of them.
    """
    rng = generator(rng)
    signs = np.where(rng.random((m, n)) < 0.5, -1.0, 1.0)
    if m * n > 1 and abs(signs.sum()) == m * n:
        signs.flat[rng.integers(m * n)] *= -1.0
    return (signs * rng.uniform(0.5, 2.0, size=(m, n))).astype(np.float32)


def one_cell(rank: int, sign: int, rng: Seed) -> Matrix:
    """Draw the entry of a 1×1 float32 matrix such that U Vᵀ errs by more than 1, to the side of `sign`.

    Holds for every U and V of this rank with entries from [0, 1), whose product lies in [0, rank).
    """
    size = float(generator(rng).uniform(1.0, 2.0)) + (rank if sign > 0 else 0)
    return np.array([[sign * size]], dtype=np.float32)


def with_spectrum(singular_values: Sequence[float], m: int, n: int, rng: Seed) -> Matrix:
    """Draw a matrix with these singular values, to float32 rounding: (m, n) float32.

    Missing singular values are zero. The singular vectors are uniformly distributed: the QR factor Q of
    a Gaussian matrix is so once the signs of R's diagonal are made positive (Mezzadri 2007, "How to
    generate random matrices from the classical compact groups"). Raises ValueError if there are more
    singular values than min(m, n), or if one is negative.
    """
    if len(singular_values) > min(m, n) or any(s < 0 for s in singular_values):
        raise ValueError(f"a {m}×{n} matrix has no singular values {tuple(singular_values)}")
    rng = generator(rng)
    k = len(singular_values)
    left, right = _orthonormal(m, k, rng), _orthonormal(n, k, rng)
    product: npt.NDArray[np.float64] = (left * np.asarray(singular_values, dtype=np.float64)) @ right.T
    return product.astype(np.float32)


def _orthonormal(size: int, columns: int, rng: np.random.Generator) -> npt.NDArray[np.float64]:
    Q, R = np.linalg.qr(rng.standard_normal((size, columns)))
    return Q * np.where(np.diag(R) < 0, -1.0, 1.0)


def well_separated(size: int) -> tuple[float, ...]:
    """Return a spectrum in which each singular value is half the one before: 4, 2, 1, …"""
    return tuple(4.0 * 0.5**i for i in range(size))


def nearly_repeated(size: int, rank: int) -> tuple[float, ...]:
    """Return a spectrum whose values `rank` and `rank + 1` (counted from 1) differ by a thousandth.

    There the best approximation of that rank is ill-conditioned, while its loss is not.
    """
    if not 1 <= rank < size:
        raise ValueError(f"no two neighbours at {rank} among {size} singular values")
    halves = well_separated(size - 1)
    return (*halves[:rank], halves[rank - 1] * 0.999, *halves[rank:])


def rank_deficient(size: int, rank: int) -> tuple[float, ...]:
    """Return a spectrum of `rank` well separated values and zeros: the best loss of that rank is zero."""
    if not 0 <= rank <= size:
        raise ValueError(f"{size} singular values cannot have rank {rank}")
    return well_separated(rank) + (0.0,) * (size - rank)


# --- masks: 1 observed, 0 hidden, (m, n) int64 ------------------------------------------------------------


def all_observed(m: int, n: int) -> Mask:
    """Return the mask that hides nothing: (m, n) int64."""
    return np.ones((m, n), dtype=np.int64)


def all_hidden(m: int, n: int) -> Mask:
    """Return the mask that hides everything: (m, n) int64."""
    return np.zeros((m, n), dtype=np.int64)


def row_hidden(m: int, n: int, row: int) -> Mask:
    """Return the mask that hides one row, counted from 0: (m, n) int64."""
    mask = all_observed(m, n)
    mask[row] = 0
    return mask


def column_hidden(m: int, n: int, column: int) -> Mask:
    """Return the mask that hides one column, counted from 0: (m, n) int64."""
    mask = all_observed(m, n)
    mask[:, column] = 0
    return mask


def one_observed(m: int, n: int, row: int, column: int) -> Mask:
    """Return the mask that shows a single cell, counted from 0: (m, n) int64."""
    mask = all_hidden(m, n)
    mask[row, column] = 1
    return mask


def scattered(m: int, n: int, rng: Seed, hidden: float = 0.35) -> Mask:
    """Draw a mask that hides about this share of the cells, at least one and never the first: (m, n) int64.

    Raises ValueError if there are fewer than two cells.
    """
    cells = m * n
    if cells < 2:
        raise ValueError(f"a {m}×{n} mask cannot both hide and show a cell")
    count = min(max(round(hidden * cells), 1), cells - 1)
    mask = all_observed(m, n)
    mask.flat[1 + generator(rng).choice(cells - 1, size=count, replace=False)] = 0
    return mask


def hidden_changed(matrix: npt.NDArray[Any], mask: npt.NDArray[Any], rng: Seed) -> npt.NDArray[Any]:
    """Return the matrix with every hidden cell moved by 1 to 3 times (1 + its size), up or down.

    matrix, mask: (m, n). Observed cells keep their very bits; hidden ones come out finite and different,
    and where they were not finite they count as 0. Same dtype as the matrix; the arguments are left alone.
    """
    rng = generator(rng)
    start = np.where(np.isfinite(matrix), matrix, 0.0)
    step = rng.uniform(1.0, 3.0, size=matrix.shape) * rng.choice((-1.0, 1.0), size=matrix.shape)
    return np.where(mask == 0, start + step * (1.0 + np.abs(start)), matrix).astype(matrix.dtype)
