"""Products of stated factors: of one call, or of values stated together. Others were never multiplied by anyone."""

import re
from collections.abc import Iterator
from typing import Final

import numpy as np

from grader.lab import FoundIn, StatedValue
from grader.labkit import low_rank
from reference.checks.attribution import exercise_of
from reference.checks.candidate import (
    FINEST_NEEDED,
    RANK,
    ROUNDING,
    WIDEST,
    Array,
    Candidate,
    first_and_last,
    is_fine_enough,
    is_in_range,
    known_as,
    part_of,
)

__all__ = ["products", "triples"]

MOST_FACTORS: Final = 60
"""Stated factors that are multiplied with each other."""

FEW_FACTORS: Final = 3
"""Up to so many factors of no known call are multiplied each with each."""

_SIDE: Final = re.compile(r"[uvwhpqlrxy]|left|right")


def products(stated_values: list[StatedValue]) -> Iterator[Candidate]:
    """The products U Vᵀ of factors that were stated together, in both orders."""
    factors = [
        stated_value
        for stated_value in stated_values
        if stated_value.values.shape in ((3, RANK), (RANK, 3)) and is_in_range(stated_value)
    ]
    factors = first_and_last(factors, MOST_FACTORS)
    for left, right in _pairs(factors):
        U, left_width = known_as(left)
        V, right_width = known_as(right)
        U, V = (factor if factor.shape == (3, RANK) else factor.T for factor in (U, V))
        width = low_rank.product_half_width(U, V, left_width, right_width) + ROUNDING
        yield Candidate(
            U @ V.T,
            width,
            f"{left.origin} times {right.origin}",
            True,
            max(left.half_width, right.half_width),
            is_fine_enough(left) and is_fine_enough(right) and bool(width.max() <= WIDEST),
            _is_orthogonal(U, left_width) and _is_orthogonal(V, right_width),
            (part_of(left), part_of(right)),
            call=left.call,
            is_shown=FoundIn.VARIABLE not in (left.found_in, right.found_in),
            position=(left.text, left.line),
            is_computed=left.found_in is not FoundIn.WRITTEN,
            exercise=exercise_of(left) if exercise_of(left) == exercise_of(right) else "",
        )


def _pairs(factors: list[StatedValue]) -> Iterator[tuple[StatedValue, StatedValue]]:
    """The pairs that were stated together, in both orders: of one call, or one beside the other in one place."""
    beside: list[StatedValue] = []
    for i, left in enumerate(factors):
        for right in factors[i + 1 :]:
            of_one_call = left.call is not None and left.call == right.call and left.part != right.part
            if of_one_call and not _apart(left, right):
                yield left, right
                yield right, left
        if left.call is None:
            beside.append(left)
    for left, right in _neighbours(beside):
        yield left, right
        yield right, left


def triples(stated_values: list[StatedValue]) -> Iterator[Candidate]:
    """Products U diag(S) Vᵀ of three values stated one after the other, as an SVD gives them."""
    for left, middle, right in zip(stated_values, stated_values[1:], stated_values[2:], strict=False):
        if (
            FoundIn.VARIABLE in (left.found_in, middle.found_in, right.found_in)
            or _apart(left, middle)
            or _apart(middle, right)
            or not all(map(is_in_range, (left, middle, right)))
        ):
            continue
        U, S, V = left.values, np.squeeze(middle.values), right.values
        k = S.shape[0] if S.ndim else 0
        if k not in (RANK, 3) or S.shape not in ((k,), (k, k)) or U.shape != (3, k):
            continue
        if S.ndim == 2 and not np.array_equal(S, np.diag(np.diag(S))):
            continue
        scaled = U * (S if S.ndim == 1 else np.diag(S))
        largest = float(np.abs(S).max())
        half = max(left.half_width, right.half_width) * (1 + largest) + middle.half_width
        are_fine = all(map(is_fine_enough, (left, middle, right)))
        for turned in (V, V.T):
            if turned.shape != (3, k):
                continue
            width = low_rank.product_half_width(scaled, turned, half, right.half_width) + ROUNDING
            yield Candidate(
                scaled @ turned.T,
                width,
                f"{left.origin} times {middle.origin} times {right.origin}",
                False,
                max(left.half_width, middle.half_width, right.half_width),
                are_fine and bool(width.max() <= WIDEST),
                True,
                (part_of(left), part_of(middle), part_of(right)),
                position=(left.text, left.line),
                exercise=exercise_of(middle),
            )


def _neighbours(factors: list[StatedValue]) -> Iterator[tuple[StatedValue, StatedValue]]:
    """Factors of no known call: each with the next one of its place, and those with matching names."""
    places: dict[tuple[bool, str, str], list[StatedValue]] = {}
    for factor in factors:
        kept = factor.found_in is FoundIn.VARIABLE
        places.setdefault((kept, factor.program, "" if kept else factor.found_in), []).append(factor)
    for together in places.values():
        for j, right in enumerate(together):
            for i, left in enumerate(together[:j]):
                share_a_name = left.name and _without_side(left.name) == _without_side(right.name)
                if len(together) <= FEW_FACTORS or i == j - 1 or share_a_name:
                    yield left, right


def _without_side(name: str) -> str:
    """What the names of two factors have in common: `U_masked` and `V_masked`, `left2` and `right2`."""
    return _SIDE.sub("", name.lower(), count=1)


def _is_orthogonal(factor: Array, half_width: float) -> bool:
    """Whether the two columns are orthogonal as far as the digits stated can tell; with few digits they cannot."""
    if half_width > FINEST_NEEDED:
        return False
    first, second = factor.T
    sizes = float(np.linalg.norm(first) * np.linalg.norm(second))
    return abs(float(first @ second)) <= half_width * float(np.abs(factor).sum()) + 1e-5 * max(sizes, 1e-30)


def _apart(left: StatedValue, right: StatedValue) -> bool:
    """A printed factor is not multiplied with a variable, nor with one of another program: both were stated together."""
    return (left.half_width == 0) != (right.half_width == 0) or left.program != right.program
