"""Convert lists of numbers to arrays: otherwise, a thousand losses or a matrix as a list of rows would be a
thousand values."""

from collections.abc import Sequence
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import torch

__all__ = ["TooManyError", "packed"]

_SAFE: Final = 2**63


class TooManyError(Exception):
    """The items are numbers, but more than allowed."""


def packed(items: Sequence[Any], most: int) -> npt.NDArray[np.float64] | None:
    """Numbers, or rows of equal length, as one array; None for anything else.

    Numbers are those of Python and NumPy, and tensors without dimensions. Raises TooManyError beyond `most`.
    """
    if all(issubclass(type(item), list | tuple) for item in items):
        return _rows(items, most)
    return _vector(items, most)


def _rows(items: Sequence[Any], most: int) -> npt.NDArray[np.float64] | None:
    rows: list[npt.NDArray[np.float64]] = []
    for item in items:
        kind = tuple if issubclass(type(item), tuple) else list
        row = _vector(kind.__getitem__(item, slice(most + 1)), most)
        if row is None or row.size == 0 or (rows and row.size != rows[0].size):
            return None
        rows.append(row)
        if len(rows) * row.size > most:
            raise TooManyError
    return np.stack(rows)


def _vector(items: Sequence[Any], most: int) -> npt.NDArray[np.float64] | None:
    numbers: list[float] = []
    for item in items:
        number = _number(item)
        if number is None:
            return None
        numbers.append(number)
        if len(numbers) > most:
            raise TooManyError
    return np.array(numbers, np.float64)


def _number(item: Any) -> float | None:
    kind = type(item)
    if kind is torch.Tensor and item.dim() == 0:
        item = item.detach().item()
        kind = type(item)
    if kind is float:
        return float(item)
    if kind is int:
        return float(item) if -_SAFE <= item < _SAFE else None
    if issubclass(kind, np.floating | np.integer):
        return float(np.asarray(item))
    return None
