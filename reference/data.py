"""The sheet's matrix and mask, and masks for testing code: 1 is observed, 0 is hidden.

Functions that draw take a seed or a `numpy.random.Generator`, like those of `grader.labkit.random_matrices`.
"""

from typing import Any

import numpy as np
import numpy.typing as npt

from grader.labkit import random_matrices

__all__ = [
    "MASK_DTYPES",
    "A",
    "M",
    "Mask",
    "all_hidden",
    "all_observed",
    "column_hidden",
    "hidden_changed",
    "one_observed",
    "row_hidden",
    "scattered",
]

Mask = npt.NDArray[np.int64]


def _read_only(array: npt.NDArray[Any]) -> npt.NDArray[Any]:
    array.setflags(write=False)
    return array


A: random_matrices.Matrix = _read_only(
    np.array(
        [[0.3374, 0.6005, 0.1735], [3.3359, 0.0492, 1.8374], [2.9407, 0.5301, 2.2620]],
        dtype=np.float32,
    )
)
"""The matrix of the sheet (exercises 1.2, 2.1, 3.2): (3, 3) float32, read-only."""

M: Mask = _read_only(np.array([[1, 1, 1], [0, 1, 1], [1, 0, 1]], dtype=np.int64))
"""The mask of the sheet, which hides (2,1) and (3,2) (exercise 3.2): (3, 3) int64, read-only."""

MASK_DTYPES: dict[str, npt.DTypeLike] = {"int": np.int64, "float": np.float32, "bool": np.bool_}
"""The types that students use for masks; `mask.astype(...)` keeps the values 0 and 1."""


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
    """Return the mask with a single observed cell, counted from 0: (m, n) int64."""
    mask = all_hidden(m, n)
    mask[row, column] = 1
    return mask


def scattered(m: int, n: int, rng: random_matrices.Seed, hidden: float = 0.35) -> Mask:
    """Draw a mask that hides about this share of the cells, at least one, but never the first: (m, n) int64.

    Raises ValueError if there are fewer than two cells.
    """
    cells = m * n
    if cells < 2:
        raise ValueError(f"a {m}×{n} mask cannot both hide and show a cell")
    count = min(max(round(hidden * cells), 1), cells - 1)
    mask = all_observed(m, n)
    mask.flat[1 + random_matrices.generator(rng).choice(cells - 1, size=count, replace=False)] = 0
    return mask


def hidden_changed(
    matrix: npt.NDArray[Any], mask: npt.NDArray[Any], rng: random_matrices.Seed
) -> npt.NDArray[Any]:
    """Return the matrix with every hidden value changed by 1 to 3 times (1 + its magnitude), up or down.

    matrix, mask: (m, n). Observed values keep their exact bits; hidden ones become finite and different, and
    count as 0 if they were not finite. Same dtype as the matrix; the arguments are not changed.
    """
    rng = random_matrices.generator(rng)
    start = np.where(np.isfinite(matrix), matrix, 0.0)
    step = rng.uniform(1.0, 3.0, size=matrix.shape) * rng.choice((-1.0, 1.0), size=matrix.shape)
    return np.where(mask == 0, start + step * (1.0 + np.abs(start)), matrix).astype(matrix.dtype)
