"""Matrices for testing code, drawn from a seed: entries of either sign, chosen singular values.

A seed draws the same matrices on every machine. Every function that draws takes a seed or a
`numpy.random.Generator`, so that one stream can draw several matrices in turn.
"""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

__all__ = [
    "SHAPES",
    "Matrix",
    "Seed",
    "generator",
    "nearly_repeated",
    "one_cell",
    "signed",
    "well_separated",
    "with_spectrum",
]

Matrix = npt.NDArray[np.float32]
Seed = int | np.random.Generator

SHAPES: dict[str, tuple[int, int]] = {
    "1×1": (1, 1),
    "1×n": (1, 4),
    "m×1": (4, 1),
    "square": (3, 3),
    "wide": (2, 5),
    "tall": (5, 2),
}
"""Shapes that isolate the update rule, the loop over columns, the loop over rows, then both."""


def generator(seed: Seed) -> np.random.Generator:
    """Return the random stream of a seed, or the generator itself."""
    return seed if isinstance(seed, np.random.Generator) else np.random.Generator(np.random.PCG64(seed))


def signed(m: int, n: int, rng: Seed) -> Matrix:
    """Draw entries of either sign with magnitudes from U[0.5, 2): (m, n) float32.

    The entries are bounded away from zero, so that omitting any cell shows in a single epoch. If there are
    two or more entries, both signs occur, so that a mistake that needs one of them always shows.
    """
    rng = generator(rng)
    signs = np.where(rng.random((m, n)) < 0.5, -1.0, 1.0)
    if m * n > 1 and abs(signs.sum()) == m * n:
        signs.flat[rng.integers(m * n)] *= -1.0
    return (signs * rng.uniform(0.5, 2.0, size=(m, n))).astype(np.float32)


def one_cell(rank: int, sign: int, rng: Seed) -> Matrix:
    """Draw the entry of a 1×1 float32 matrix such that A − U Vᵀ has this sign and exceeds 1 in magnitude.

    This holds for every U and V of this rank with entries from [0, 1), whose product lies in [0, rank).
    """
    size = float(generator(rng).uniform(1.0, 2.0)) + (rank if sign > 0 else 0)
    return np.array([[sign * size]], dtype=np.float32)


def with_spectrum(singular_values: Sequence[float], m: int, n: int, rng: Seed) -> Matrix:
    """Draw a matrix with these singular values, to float32 rounding: (m, n) float32.

    Missing singular values are zero. The singular vectors are uniformly distributed, as is the QR factor Q of
    a Gaussian matrix once the signs of R's diagonal are made positive (Mezzadri 2007, "How to
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

    The best approximation of that rank is then ill-conditioned, but its loss is not.
    """
    if not 1 <= rank < size:
        raise ValueError(f"no two neighbours at {rank} among {size} singular values")
    halves = well_separated(size - 1)
    return (*halves[:rank], halves[rank - 1] * 0.999, *halves[rank:])
