"""What a student states of the lab's matrices: candidates for the factorisation, the best rank-2 matrix
and the completion, told apart by what they satisfy and not by what they are called.

A candidate carries how far each entry may be from what was meant, so that four printed digits and a
variable in full precision are judged by the same intervals.
"""

from collections.abc import Callable, Iterable, Iterator
from typing import Final

import msgspec
import numpy as np

from grader.lab import Bench, Fact, Finding, FoundIn, Outcome, StatedValue, capital
from grader.labkit import format_matrix, low_rank, number_of
from reference import data
from reference.checks.attribution import exercise_of
from reference.checks.candidate import (
    FINEST_NEEDED,
    OPTIMUM,
    RANK,
    ROUNDING,
    A,
    Candidate,
    first_and_last,
    is_fine_enough,
    is_in_range,
    known_as,
    part_of,
)
from reference.checks.stated_products import products, triples

__all__ = [
    "BEST",
    "HIGHEST",
    "candidates",
    "coarse_by",
    "fits_by_chance",
    "is_best",
    "is_completion",
    "is_factorisation",
    "is_given",
    "is_of_another_exercise",
    "keeps_observed",
    "mistyped",
    "rejected",
    "stated_by",
    "too_coarse",
]

MOST_MATRICES: Final = 400
"""Stated 3×3 matrices that are looked at."""

MOST_COVERED: Final = 0.1
"""Share of all possible values that the numbers stated may cover with their roundings, for one that fits to be believed."""

OWN_CELLS: Final = 6
"""Cells of A that a factorisation does not have to the last digit: two rows or two columns kept, and one made up, are of
rank 2 as well. In 1,500 default runs never more than four cells came within half a hundredth."""

COARSE: Final = 5e-2
"""Half a unit of one decimal: up to here a person is asked, beyond nothing is stated."""

NEAR_BEST: Final = 1e-3
"""Of 20,000 default runs none came closer to the best rank-2 matrix than 2.5e-3 in every entry."""

HIGHEST: Final = 0.99 * low_rank.eckart_young(A, 1)
"""0.6001, just below the best loss of rank 1. Of 20,000 default runs at rank 2 the worst ended at 0.51, the worst
masked run at 0.63 over all cells: below this level it is a factorisation of all of A, above it is not."""

BEST: Final = low_rank.best_approximation(A, RANK)

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
    yield from products(found)
    yield from triples(found)


def _matrices(stated_values: list[StatedValue]) -> Iterator[Candidate]:
    of_shape = [f for f in stated_values if f.values.shape == A.shape and is_in_range(f)]
    for stated_value in first_and_last(of_shape, MOST_MATRICES):
        P, half_width = known_as(stated_value)
        yield Candidate(
            P,
            np.full(A.shape, half_width + ROUNDING),
            stated_value.origin,
            False,
            stated_value.half_width,
            is_fine_enough(stated_value),
            parts=(part_of(stated_value),),
            call=stated_value.call,
            is_shown=stated_value.found_in is not FoundIn.VARIABLE,
            position=(stated_value.text, stated_value.line),
            is_computed=stated_value.found_in is not FoundIn.WRITTEN,
            name=stated_value.name,
            exercise=exercise_of(stated_value),
        )


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


def rejected(candidate: Candidate, message: str, wanted: str) -> Finding:
    """The finding on a stated matrix that is not the answer."""
    return Finding(outcome=Outcome.FAIL, message=message, got=format_matrix(candidate.P), wanted=wanted)


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
    hidden = data.M == 0
    if bool((np.abs(candidate.P[hidden]) <= candidate.half_width[hidden] + 1e-6).all()):
        return False  # the matrix that is to be completed
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


def is_given(candidate: Candidate) -> bool:
    """Whether it is what the sheet gives: A, the mask or its opposite, A with its hidden cells set to zero."""
    return any(
        bool((np.abs(candidate.P - given) <= candidate.half_width + 1e-4).all())
        for given in (A, data.M, A * data.M, 1 - data.M)
    )
