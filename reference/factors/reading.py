"""What a factorisation or an SVD function gave back, read generously or refused in a sentence."""

from collections.abc import Iterator
from typing import Final, TypeAlias

import numpy as np
import numpy.typing as npt

from grader import protocol
from grader.core.model import Died, Observation, Uncallable
from grader.execution.stated_values import array_of
from reference.factors.layout import ARRANGEMENTS, AS_ASKED, Arrangement
from reference.rules.update_rule import Factors

__all__ = [
    "Ended",
    "Refused",
    "approximations",
    "approximations_by_place",
    "arrangement_of",
    "describe",
    "factors",
    "failure",
    "format_matrix",
    "is_changed",
    "items_of",
    "place_of",
]

FLOATS = ("float32", "float64")

MOST_PARTS: Final = 12
"""Values side by side that are looked at: U, S and V, their product, its error and some more, but no list of guesses."""
Array: TypeAlias = npt.NDArray[np.float64]


class Refused(Exception):  # noqa: N818  not an error of ours: the sentence is for the student
    """What came back cannot be used; the message says what it was and what was wanted."""


class Ended(Refused):
    """The worker ended during the call: asking again would only end another one."""


def describe(value: protocol.Value) -> str:
    """What came back, in a few words."""
    if isinstance(value, protocol.Nothing):
        return "None"
    if isinstance(value, protocol.Number):
        return f"the {type(value.value).__name__} {value.value!r}"
    if isinstance(value, protocol.Text):
        return "a string"
    if isinstance(value, protocol.Items) and value.type_name == protocol.ATTRIBUTES:
        names = ", ".join(f"`{name}`" for name in value.names[:5])
        return f"an object that holds {names}{', …' if len(value.names) > 5 else ''}"
    if isinstance(value, protocol.Items):
        names = ", ".join(describe(item) for item in value.items[:3])
        dots = ", …" if len(value.items) > 3 else ""
        return f"a {value.type_name} of {len(value.items)} ({names}{dots})"
    if isinstance(value, protocol.Array) and value.origin == "list":
        return f"a list of {' by '.join(map(str, value.shape))} numbers"
    if isinstance(value, protocol.Array):
        kind = "tensor" if value.origin == "torch" else "array"
        return f"a {kind} of shape {value.shape} and type {value.dtype}"
    if value.text.startswith("array"):
        return f"an {value.text}"
    return f"a {value.text}" if value.text else f"an object of type {value.type_name}"


def failure(observation: Observation) -> str:
    """Why a call gave nothing to look at, as a sentence; empty where it returned."""
    if isinstance(observation, protocol.Raised):
        where = f" in {observation.place or f'line {observation.line}'}" if observation.line else ""
        text = f": {observation.text}" if observation.text else ""
        shapes = ", ".join(f"{name} has shape {shape}" for name, shape in observation.shapes)
        return f"The call raised {observation.type_name}{where}{text}.{f' There {shapes}.' if shapes else ''}"
    if isinstance(observation, Died):
        return f"The call did not return: {observation.text}."
    if isinstance(observation, Uncallable):
        return f"The function cannot be called as on the sheet: {observation.text}."
    return ""


def is_changed(given: npt.NDArray[np.generic], after: protocol.Value) -> bool:
    """Whether a call left an array otherwise than it was given."""
    return not (isinstance(after, protocol.Array) and after.data == given.tobytes())


def items_of(value: protocol.Value) -> tuple[protocol.Value, ...] | None:
    """The parts of a tuple or list of separate things; None for a single thing."""
    return value.items if isinstance(value, protocol.Items) else None


def factors(
    value: protocol.Value,
    m: int,
    n: int,
    rank: int,
    arrangement: Arrangement = AS_ASKED,
    place: int | None = None,
) -> Factors:
    """U (m, rank) and V (n, rank) as float64, from two matrices that came back in an arrangement.

    Accepted: a tuple, list, named tuple, dataclass or dict of two tensors, arrays or lists of rows, by their names
    where these are U and V, else at a place that is known; other values beside them are left alone. Raises Refused
    with a sentence otherwise.
    """
    wanted = f"two matrices, U of shape ({m}, {rank}) and V of shape ({n}, {rank})"
    parts = items_of(value)
    if parts is None:
        raise Refused(f"It returned {describe(value)}; expected: {wanted}.")
    if len(parts) < 2:
        raise Refused(f"It returned {len(parts)} value{'s' * (len(parts) != 1)}; expected: {wanted}.")
    shapes = arrangement.shapes(m, n, rank)
    first, second = (
        _matrix(part, name, wanted)
        for part, name in zip(_chosen(value, parts, shapes, place), "UV", strict=True)
    )
    if (first.shape, second.shape) != shapes:
        looks = next(
            (other for other in ARRANGEMENTS if other.shapes(m, n, rank) == (first.shape, second.shape)), None
        )
        hint = f" It looks as if {looks.name}." if looks is not None and looks != arrangement else ""
        raise Refused(f"It returned shapes {first.shape} and {second.shape}; expected: {wanted}.{hint}")
    return arrangement.restored(first, second, rank)


def arrangement_of(value: protocol.Value, m: int, n: int, rank: int) -> Arrangement | None:
    """The arrangement in which U and V came back; None where they cannot be told. All of m, n and rank must differ."""
    for arrangement in (AS_ASKED, *ARRANGEMENTS):
        try:
            factors(value, m, n, rank, arrangement)
        except Refused:
            continue
        return arrangement
    return None


def place_of(value: protocol.Value, m: int, n: int, rank: int, arrangement: Arrangement) -> int | None:
    """Where among several values the first factor stands; None where there are two. All of m, n and rank must differ.

    On other matrices what stands beside the factors may have their shapes.
    """
    parts = items_of(value) or ()
    return _first_of(parts, arrangement.shapes(m, n, rank)) if len(parts) > 2 else None


def _chosen(
    value: protocol.Value,
    parts: tuple[protocol.Value, ...],
    shapes: tuple[tuple[int, ...], ...],
    place: int | None,
) -> tuple[protocol.Value, ...]:
    """The two parts called U and V, else those at the place, else the first two side by side that have the shapes."""
    names = [name.lower() for name in value.names] if isinstance(value, protocol.Items) else []
    if {"u", "v"} <= set(names):
        return parts[names.index("u")], parts[names.index("v")]
    first = _first_of(parts, shapes) if place is None else min(place, len(parts) - 2)
    return parts[first or 0 : (first or 0) + 2]


def _first_of(parts: tuple[protocol.Value, ...], shapes: tuple[tuple[int, ...], ...]) -> int | None:
    found = [part.shape if isinstance(part, protocol.Array) else None for part in parts]
    return next((i for i in range(len(parts) - 1) if tuple(found[i : i + 2]) == shapes), None)


def _matrix(value: protocol.Value, name: str, wanted: str) -> Array:
    if isinstance(value, protocol.Array) and value.dtype not in FLOATS:
        raise Refused(
            f"{name} has type {value.dtype}; expected: {wanted}, of type float32 (float64 is fine too)."
        )
    array = array_of(value)
    if array is None or array.ndim == 0:
        raise Refused(f"{name} is {describe(value)}; expected: {wanted}.")
    return array


def format_matrix(array: npt.NDArray[np.generic], digits: int = 4) -> str:
    """The array as nested lists, rounded; for messages, not for reading back."""
    if array.ndim == 0:
        return f"{float(array):.{digits}f}"
    if array.ndim == 1:
        return "[" + ", ".join(f"{float(x):.{digits}f}" for x in array) + "]"
    return "[" + ", ".join(format_matrix(row, digits) for row in array) + "]"


def approximations(value: protocol.Value, shape: tuple[int, ...]) -> Iterator[Array]:
    """Every matrix of A's shape the returned value can stand for.

    A matrix, alone or among other values; U, S, V or U, S, Vᵀ with S a vector or a diagonal matrix, side by side; two
    factors whose product it is.
    """
    yield from (P for _, P in approximations_by_place(value, shape))


def approximations_by_place(value: protocol.Value, shape: tuple[int, ...]) -> Iterator[tuple[str, Array]]:
    """The same, each with the place where it stands among what came back, whatever the shape and the rank."""
    whole = array_of(value)
    if whole is not None and whole.shape == shape and _is_float(value):
        yield "whole", whole
        return
    arrays = [array_of(part) for part in (items_of(value) or ())[:MOST_PARTS] if _is_float(part)]
    parts = [array for array in arrays if array is not None and array.ndim > 0]
    made = [
        (f"product {number}", product)
        for number, (U, S, W) in enumerate(zip(parts, parts[1:], parts[2:], strict=False))
        if U.ndim == W.ndim == 2 and S.ndim in (1, 2)
        for product in _from_parts(U, S, W, shape)
    ]
    yield from made
    if not made or len(parts) > 3:  # U of a square matrix is not meant for the result
        yield from ((f"part {number}", part) for number, part in enumerate(parts) if part.shape == shape)
    if len(parts) == 2:
        left, right = parts
        if left.ndim == right.ndim == 2:
            yield from (("pair", left @ W) for W in (right, right.T) if _chain(left, W) == shape)


def _chain(left: Array, right: Array) -> tuple[int, ...] | None:
    """The shape of the product; None where there is none."""
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


def _is_float(value: protocol.Value) -> bool:
    return not isinstance(value, protocol.Array) or value.dtype in ("float32", "float64")
