"""A 3×3 matrix that a student states, with how far each entry may be off: variables and printed digits alike."""

from functools import cached_property
from typing import Final

import numpy as np
import numpy.typing as npt

from grader.lab import Frozen, StatedValue
from grader.labkit import low_rank
from reference import data

__all__ = [
    "FINEST_NEEDED",
    "RANK",
    "ROUNDING",
    "TYPED",
    "WIDEST",
    "A",
    "Array",
    "Candidate",
    "Part",
    "first_and_last",
    "is_fine_enough",
    "is_in_range",
    "known_as",
    "part_of",
]

Array = npt.NDArray[np.float64]

A: Final = data.A.astype(np.float64)
RANK: Final = 2
OPTIMUM: Final = low_rank.eckart_young(A, RANK)


ROUNDING: Final = 2e-6
"""Of a float32 product of factors with entries of a few units: (rank + 2)·2⁻²⁴·|U||V|ᵀ, and some room."""


TYPED: Final = 1e-4
"""Entries of the sheet's matrix have four decimals: closer ones are meant to be the same."""

LARGEST: Final = 1e39
"""Beyond what float32 holds."""


FINEST_NEEDED: Final = 5e-3
"""Half a unit of two decimals: a matrix with fewer can be many things. The sheet's best matrix and the one of a wrong rank
are 0.2 apart in some entry, the roundings of a product of factors add up to a tenth of that."""

WIDEST: Final = 0.1
"""How far an entry of a product may be off for its digits: large factors that cancel, or hold inf, fit anything."""


SIGNIFICANT: Final = 3
"""Digits of the largest entry that have to be stated, so that small factors count with their size."""


Part = tuple[str, bytes]
"""A stated value as part of a candidate: where it stands, and its entries, as a line may state several."""


def part_of(stated_value: StatedValue) -> Part:
    """A stated value as part of a candidate."""
    return stated_value.origin, stated_value.values.tobytes()


class Candidate(Frozen, frozen=True, dict=True):
    """A 3×3 matrix a student states: its entries, how far each may be off, where it stands.

    What follows from these is computed once: many checks ask for it.
    """

    P: Array
    half_width: Array
    origin: str
    is_product: bool
    digits: float = 0.0
    """Half a unit of the last digit stated, the larger of two factors'; 0 for variables."""
    is_fine: bool = True
    """Whether the digits can tell what is right from what is wrong."""
    is_orthogonal: bool = False
    """Whether it is a product of factors with orthogonal columns, as an SVD gives and a descent does not."""
    parts: tuple[Part, ...] = ()
    """The stated value that it is, or those that it is the product of."""
    call: int | None = None
    """The call of the student's program that returned it, or both of its factors."""
    is_shown: bool = True
    """Whether it is printed or written, and not only kept in variables."""
    position: tuple[int, int] = (-1, 0)
    """The text in which it is shown, and the line; of a product, of its first factor."""
    is_computed: bool = True
    """Whether running a program of the submission gave it, and not a report or a saved output."""
    name: str = ""
    """The words before it."""
    exercise: str = ""
    """The exercise that it is stated for, by the words beside it; empty if they do not say."""

    @cached_property
    def loss(self) -> low_rank.Interval:
        """The interval of ‖A − P‖²_F."""
        return low_rank.rounded_loss_interval(A, self.P, self.half_width)

    @cached_property
    def observed_loss(self) -> low_rank.Interval:
        """The interval of the loss over the cells the sheet's mask shows."""
        return low_rank.rounded_loss_interval(A, self.P, self.half_width, data.M)

    @cached_property
    def excess_rank(self) -> float:
        """σ₃ beyond what the rounding of the entries can cause (Weyl); at most 0 for a matrix of rank 2."""
        return float(low_rank.singular_values(self.P)[RANK] - np.linalg.norm(self.half_width))


def is_in_range(stated_value: StatedValue) -> bool:
    """Whether products and squares of its entries are numbers: it holds no nan, no inf, nothing beyond float32."""
    return bool((np.abs(stated_value.values) <= LARGEST).all())


def is_fine_enough(stated_value: StatedValue) -> bool:
    """Whether two decimals and three digits of the largest entry are stated; a variable holds all of them."""
    if stated_value.half_width == 0:
        return True
    largest = float(np.abs(stated_value.values).max())
    needed = 0.5 * 10.0 ** (np.floor(np.log10(largest)) + 1 - SIGNIFICANT) if largest > 0 else FINEST_NEEDED
    return stated_value.half_width <= min(FINEST_NEEDED, needed) * (1 + 1e-9)


def first_and_last(stated_values: list[StatedValue], most: int) -> list[StatedValue]:
    """The stated values, without those in the middle where there are too many: results stand at the end, variables before."""
    return (
        stated_values
        if len(stated_values) <= most
        else stated_values[: most // 2] + stated_values[-(most // 2) :]
    )


def known_as(stated_value: StatedValue) -> tuple[Array, float]:
    """The entries as exactly as they are known, and how far each may be off."""
    if stated_value.exact is not None:
        return stated_value.exact, 0.0
    return stated_value.values, stated_value.half_width
