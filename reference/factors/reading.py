"""Read the values that a factorisation or an SVD function returned, or raise an error with a sentence."""

from collections.abc import Iterator
from typing import Final, TypeAlias

import numpy as np
import numpy.typing as npt

from grader.lab import ArrayValue, Items, Value, array_of
from grader.labkit import UnusableResult, describe, items_of
from reference.factors.layout import AS_ASKED, LAYOUTS, FactorLayout
from reference.rules.update_rule import Factors

__all__ = ["approximations", "approximations_by_place", "factors", "layout_of", "place_of"]

FLOATS = ("float32", "float64")

MOST_PARTS: Final = 12
"""The most returned values to examine: U, S and V, their product, its error and a few more, but no long list
of guesses."""
Array: TypeAlias = npt.NDArray[np.float64]


def factors(
    value: Value,
    m: int,
    n: int,
    rank: int,
    layout: FactorLayout = AS_ASKED,
    place: int | None = None,
) -> Factors:
    """U (m, rank) and V (n, rank) as float64, from two matrices returned in a layout.

    Accepts a tuple, list, named tuple, dataclass or dict of two tensors, arrays or lists of rows. Values
    named U and V are used, else those at `place`; other values are ignored. Raises UnusableResult with a
    sentence otherwise.
    """
    wanted = f"two matrices, U of shape ({m}, {rank}) and V of shape ({n}, {rank})"
    parts = items_of(value)
    if parts is None:
        raise UnusableResult(f"It returned {describe(value)}; expected: {wanted}.")
    if len(parts) < 2:
        raise UnusableResult(f"It returned {len(parts)} value{'s' * (len(parts) != 1)}; expected: {wanted}.")
    shapes = layout.shapes(m, n, rank)
    first, second = (
        _matrix(part, name, wanted)
        for part, name in zip(_chosen(value, parts, shapes, place), "UV", strict=True)
    )
    if (first.shape, second.shape) != shapes:
        resembled = next(
            (other for other in LAYOUTS if other.shapes(m, n, rank) == (first.shape, second.shape)), None
        )
        hint = f" It looks as if {resembled.name}." if resembled is not None and resembled != layout else ""
        raise UnusableResult(
            f"It returned shapes {first.shape} and {second.shape}; expected: {wanted}.{hint}"
        )
    return layout.restored(first, second, rank)


def layout_of(value: Value, m: int, n: int, rank: int) -> FactorLayout | None:
    """The layout of U and V; None if it cannot be recognised. m, n and rank must all differ."""
    for layout in (AS_ASKED, *LAYOUTS):
        try:
            factors(value, m, n, rank, layout)
        except UnusableResult:
            continue
        return layout
    return None


def place_of(value: Value, m: int, n: int, rank: int, layout: FactorLayout) -> int | None:
    """The position of the first factor among several values; None if there are only two values.

    m, n and rank must all differ; otherwise, other values may have the same shapes as the factors.
    """
    parts = items_of(value) or ()
    return _first_of(parts, layout.shapes(m, n, rank)) if len(parts) > 2 else None


def _chosen(
    value: Value,
    parts: tuple[Value, ...],
    shapes: tuple[tuple[int, ...], ...],
    place: int | None,
) -> tuple[Value, ...]:
    """The parts named U and V, else those at `place`, else the first two adjacent ones of these shapes."""
    names = [name.lower() for name in value.names] if isinstance(value, Items) else []
    if {"u", "v"} <= set(names):
        return parts[names.index("u")], parts[names.index("v")]
    first = _first_of(parts, shapes) if place is None else min(place, len(parts) - 2)
    return parts[first or 0 : (first or 0) + 2]


def _first_of(parts: tuple[Value, ...], shapes: tuple[tuple[int, ...], ...]) -> int | None:
    present = [part.shape if isinstance(part, ArrayValue) else None for part in parts]
    return next((i for i in range(len(parts) - 1) if tuple(present[i : i + 2]) == shapes), None)


def _matrix(value: Value, name: str, wanted: str) -> Array:
    if isinstance(value, ArrayValue) and value.dtype not in FLOATS:
        raise UnusableResult(
            f"{name} has type {value.dtype}; expected: {wanted}, of type float32 (float64 is fine too)."
        )
    array = array_of(value)
    if array is None or array.ndim == 0:
        raise UnusableResult(f"{name} is {describe(value)}; expected: {wanted}.")
    return array


def approximations(value: Value, shape: tuple[int, ...]) -> Iterator[Array]:
    """Every matrix of A's shape that the returned value may represent.

    A matrix, alone or among other values; the product of adjacent U, S, V or U, S, Vᵀ, with S a vector or a
    diagonal matrix; the product of two factors.
    """
    yield from (P for _, P in approximations_by_place(value, shape))


def approximations_by_place(value: Value, shape: tuple[int, ...]) -> Iterator[tuple[str, Array]]:
    """The same, each with its position in the returned value, which is the same for any shape and rank."""
    whole = array_of(value)
    if whole is not None and whole.shape == shape and _is_float(value):
        yield "whole", whole
        return
    arrays = [array_of(part) for part in (items_of(value) or ())[:MOST_PARTS] if _is_float(part)]
    parts = [array for array in arrays if array is not None and array.ndim > 0]
    products = [
        (f"product {number}", product)
        for number, (U, S, W) in enumerate(zip(parts, parts[1:], parts[2:], strict=False))
        if U.ndim == W.ndim == 2 and S.ndim in (1, 2)
        for product in _from_parts(U, S, W, shape)
    ]
    yield from products
    if not products or len(parts) > 3:  # with U, S and V of a square matrix, U is not the result
        yield from ((f"part {number}", part) for number, part in enumerate(parts) if part.shape == shape)
    if len(parts) == 2:
        left, right = parts
        if left.ndim == right.ndim == 2:
            yield from (("pair", left @ W) for W in (right, right.T) if _chain(left, W) == shape)


def _chain(left: Array, right: Array) -> tuple[int, ...] | None:
    """The shape of the product; None if the shapes do not match."""
    return (left.shape[0], right.shape[1]) if left.shape[1] == right.shape[0] else None


def _from_parts(U: Array, S: Array, W: Array, shape: tuple[int, ...]) -> Iterator[Array]:
    for right in (W, W.T):
        if S.ndim == 2:
            if U.shape[1] == S.shape[0] and S.shape[1] == right.shape[0]:
                product = U @ S @ right
                if product.shape == shape:
                    yield product
            continue
        k = min(S.size, U.shape[1], right.shape[0])
        if k < S.size and np.any(S[k:] != 0):
            continue
        product = (U[:, :k] * S[:k]) @ right[:k]
        if product.shape == shape:
            yield product


def _is_float(value: Value) -> bool:
    return not isinstance(value, ArrayValue) or value.dtype in ("float32", "float64")
