"""What a student states of the lab's matrices: candidates for the factorisation, the best rank-2 matrix
and the completion, told apart by what they satisfy and not by what they are called.

A candidate carries how far each entry may be from what was meant, so that four printed digits and a
variable in full precision are judged by the same intervals.
"""

from collections.abc import Callable, Iterable, Iterator
from functools import cached_property
from typing import Final

import msgspec
import numpy as np
import numpy.typing as npt

from grader.lab import Bench, Fact, Finding, Frozen, Outcome, StatedValue, capital
from grader.labkit import format_matrix, low_rank, number_of
from reference import data

__all__ = [
    "BEST",
    "HIGHEST",
    "Candidate",
    "candidates",
    "coarse_by",
    "fits_by_chance",
    "is_best",
    "is_completion",
    "is_factorisation",
    "is_of_another_exercise",
    "keeps_observed",
    "mistyped",
    "stated_by",
    "too_coarse",
]

Array = npt.NDArray[np.float64]

A: Final = data.A.astype(np.float64)
RANK: Final = 2
OPTIMUM: Final = low_rank.eckart_young(A, RANK)
BEST: Final = low_rank.best_approximation(A, RANK)
HIGHEST: Final = 0.99 * low_rank.eckart_young(A, 1)
"""0.6001, just below the best loss of rank 1. Of 20,000 default runs at rank 2 the worst ended at 0.51, the worst
masked run at 0.63 over all cells: below this level it is a factorisation of all of A, above it is not."""

NEAR_BEST: Final = 1e-3
"""Of 20,000 default runs none came closer to the best rank-2 matrix than 2.5e-3 in every entry."""

ROUNDING: Final = 2e-6
"""Of a float32 product of factors with entries of a few units: (rank + 2)·2⁻²⁴·|U||V|ᵀ, and some room."""


MOST_MATRICES: Final = 400
"""Stated 3×3 matrices that are looked at."""

LARGEST: Final = 1e39
"""Beyond what float32 holds."""

MOST_FACTORS: Final = 60
"""Stated factors that are multiplied with each other."""

FINEST_NEEDED: Final = 5e-3
"""Half a unit of two decimals: a matrix with fewer can be many things. The sheet's best matrix and the one of a wrong rank
are 0.2 apart in some entry, the roundings of a product of factors add up to a tenth of that."""

WIDEST: Final = 0.1
"""How far an entry of a product may be off for its digits: large factors that cancel, or hold inf, fit anything."""

MOST_COVERED: Final = 0.1
"""Share of all possible values that the numbers stated may cover with their roundings, for one that fits to be believed."""

OWN_CELLS: Final = 6
"""Cells of A that a factorisation does not have to the last digit: two rows or two columns kept, and one made up, are of
rank 2 as well. In 1,500 default runs never more than four cells came within half a hundredth."""

SIGNIFICANT: Final = 3
"""Digits of the largest entry that have to be stated, so that small factors count with their size."""

COARSE: Final = 5e-2
"""Half a unit of one decimal: up to here a person is asked, beyond nothing is stated."""


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
    factors: tuple[str, ...] = ()
    """Where the two factors of a product stand."""

    @property
    def places(self) -> tuple[str, ...]:
        """Where it stands: in one place, or in those of its factors."""
        return self.factors or (self.origin,)

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


_STATED: Final = Fact[tuple[Candidate, ...]]("stated matrices")


def stated_by(bench: Bench) -> tuple[Candidate, ...]:
    """The candidates among all stated values of a submission whose digits can tell right from wrong."""
    return tuple(candidate for candidate in _all_of(bench) if candidate.is_fine)


def coarse_by(bench: Bench) -> tuple[Candidate, ...]:
    """The candidates with too few digits to tell anything."""
    return tuple(candidate for candidate in _all_of(bench) if not candidate.is_fine)


def _all_of(bench: Bench) -> tuple[Candidate, ...]:
    """Fine and coarse ones, looked for once."""
    return bench.learned.once(_STATED, lambda: tuple(_found(bench.stated_values)))


def candidates(stated_values: Iterable[StatedValue]) -> tuple[Candidate, ...]:
    """Every finite 3×3 matrix stated, and the product of every stated pair of 3×2 factors, with digits enough.

    A factor may also be stated as its transpose.
    """
    return tuple(candidate for candidate in _found(stated_values) if candidate.is_fine)


def _found(stated_values: Iterable[StatedValue]) -> Iterator[Candidate]:
    found = list(stated_values)
    yield from _matrices(found)
    yield from _products(found)


def _is_in_range(stated_value: StatedValue) -> bool:
    """Whether products and squares of its entries are numbers: it holds no nan, no inf, nothing beyond float32."""
    return bool((np.abs(stated_value.values) <= LARGEST).all())


def _is_fine(stated_value: StatedValue) -> bool:
    """Whether two decimals and three digits of the largest entry are stated; a variable holds all of them."""
    if stated_value.half_width == 0:
        return True
    largest = float(np.abs(stated_value.values).max())
    needed = 0.5 * 10.0 ** (np.floor(np.log10(largest)) + 1 - SIGNIFICANT) if largest > 0 else FINEST_NEEDED
    return stated_value.half_width <= min(FINEST_NEEDED, needed) * (1 + 1e-9)


def _first_and_last(stated_values: list[StatedValue], most: int) -> list[StatedValue]:
    """The stated values, without those in the middle where there are too many: results stand at the end, variables before."""
    return (
        stated_values
        if len(stated_values) <= most
        else stated_values[: most // 2] + stated_values[-(most // 2) :]
    )


def _matrices(stated_values: list[StatedValue]) -> Iterator[Candidate]:
    of_shape = [f for f in stated_values if f.values.shape == A.shape and _is_in_range(f)]
    for stated_value in _first_and_last(of_shape, MOST_MATRICES):
        width = np.full(A.shape, stated_value.half_width + ROUNDING)
        yield Candidate(
            stated_value.values,
            width,
            stated_value.origin,
            False,
            stated_value.half_width,
            _is_fine(stated_value),
        )


def _products(stated_values: list[StatedValue]) -> Iterator[Candidate]:
    factors = [
        stated_value
        for stated_value in stated_values
        if stated_value.values.shape in ((3, RANK), (RANK, 3)) and _is_in_range(stated_value)
    ]
    factors = _first_and_last(factors, MOST_FACTORS)
    for i, left in enumerate(factors):
        for j, right in enumerate(factors):
            if i == j or _apart(left, right):
                continue
            U = left.values if left.values.shape == (3, RANK) else left.values.T
            V = right.values if right.values.shape == (3, RANK) else right.values.T
            width = low_rank.product_half_width(U, V, left.half_width, right.half_width) + ROUNDING
            coarsest = max(left.half_width, right.half_width)
            is_fine = _is_fine(left) and _is_fine(right) and bool(width.max() <= WIDEST)
            are_orthogonal = _is_orthogonal(U, left.half_width) and _is_orthogonal(V, right.half_width)
            origin = f"{left.origin} times {right.origin}"
            places = left.origin, right.origin
            yield Candidate(U @ V.T, width, origin, True, coarsest, is_fine, are_orthogonal, places)


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


def too_coarse(bench: Bench, fits: Callable[[Candidate], bool], what: str) -> Finding | None:
    """What to say of a matrix that would be right as far as its few digits go; None where there is none.

    With one decimal a person looks; with fewer, anything fits and nothing is stated.
    """
    fitting = [candidate for candidate in coarse_by(bench) if fits(candidate)]
    if not fitting:
        return None
    best = min(fitting, key=lambda candidate: candidate.digits)
    low, high = best.loss
    return Finding(
        outcome=Outcome.MANUAL if best.digits <= COARSE else Outcome.FAIL,
        message=f"{capital(what)} is stated with too few digits ({best.origin}): each number may be "
        f"{best.digits:g} larger or smaller, so the loss may be anything from {low:.4g} to {high:.4g}.",
        got=format_matrix(best.P),
        wanted="at least two decimals, and three digits in the largest number",
    )


def is_best(candidate: Candidate) -> bool:
    """Whether it is the best rank-2 matrix, unique since σ₂ > σ₃ (Eckart–Young)."""
    return bool((np.abs(candidate.P - BEST) <= candidate.half_width + 1e-5).all())


def is_factorisation(candidate: Candidate) -> bool:
    """Whether it can be the end of a descent on all of A: rank 2, a loss from the optimum to `HIGHEST`.

    The best matrix itself comes from an SVD: a descent does not get that close (`NEAR_BEST`), unless it was
    given more epochs, and then it is stated by its factors, whose columns are not orthogonal.
    """
    loss = candidate.loss
    possible = loss.high >= OPTIMUM * (1 - 1e-6) and loss.low <= HIGHEST and candidate.excess_rank <= 1e-5
    near = bool((np.abs(candidate.P - BEST) <= candidate.half_width + NEAR_BEST).all())
    own = int((np.abs(candidate.P - A) <= np.minimum(candidate.half_width, FINEST_NEEDED) + 1e-6).sum())
    is_descended = candidate.is_product and not candidate.is_orthogonal
    return possible and own < OWN_CELLS and (is_descended or not near)


def is_completion(candidate: Candidate, most: float) -> bool:
    """Whether it fits the observed cells to a loss of `most`, with rank 2, and is no factorisation of all of A.

    A matrix that keeps A's own values where they are observed is a completion too: it differs from the
    product by at most √most in the Frobenius norm, so its σ₃ is at most that (Weyl).
    """
    rank = np.sqrt(most) if keeps_observed(candidate) else 1e-5
    return (
        candidate.observed_loss.low <= most
        and candidate.loss.high > HIGHEST
        and candidate.excess_rank <= rank
    )


def keeps_observed(candidate: Candidate) -> bool:
    """Whether it has A's own values where they are observed: then it shows nothing of how well these were fitted."""
    seen = data.M == 1
    return bool((np.abs(candidate.P - A)[seen] <= candidate.half_width[seen] + 1e-6).all())


def is_of_another_exercise(candidate: Candidate, most: float) -> bool:
    """Whether it is the best matrix or a completion, also with its factors taken in the other order."""
    turned = msgspec.structs.replace(candidate, P=candidate.P.T, half_width=candidate.half_width.T)
    return any(is_best(c) or is_completion(c, most) for c in (candidate, turned))


def mistyped(stated_values: Iterable[StatedValue]) -> str:
    """A sentence where the A a student typed differs from the sheet's in one or two cells; else empty.

    A stated value is taken for A where all its other cells are A's to the digits stated, and none of it is
    computed: the values that differ have at most four decimals.
    """
    for stated_value in stated_values:
        if stated_value.values.shape != A.shape or not np.isfinite(stated_value.values).all():
            continue
        apart = np.abs(stated_value.values - A) > stated_value.half_width + 1e-5
        typed = np.abs(stated_value.values[apart] * 1e4 - np.round(stated_value.values[apart] * 1e4)) < 0.02
        hidden_only = not (apart & (data.M == 1)).any()  # filled in on purpose, for 3.2
        if 1 <= int(apart.sum()) <= 2 and typed.all() and not hidden_only:
            cells = " and ".join(
                f"({r + 1},{c + 1}) is {stated_value.values[r, c]:.4f} instead of {A[r, c]:.4f}"
                for r, c in np.argwhere(apart)
            )
            return f"The matrix in {stated_value.origin} is not quite the sheet's A: {cells}."
    return ""


def fits_by_chance(numbers: Iterable[StatedValue], low: float, high: float) -> bool:
    """Whether so many numbers are stated that one of them would fit most values from `low` to `high`.

    Of a list that names every tenth of the values and more, what fits was not meant.
    """
    fine = (number for number in numbers if number.half_width <= FINEST_NEEDED)
    inside = {number_of(n): n.half_width for n in fine if low <= number_of(n) <= high}
    covered = sum(2 * (half_width + 2e-6 * abs(value)) for value, half_width in inside.items())
    return covered > MOST_COVERED * (high - low)
