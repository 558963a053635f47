"""Mistakes that a stated matrix itself shows: another rank, the SVD in place of a descent, A in place of a result."""

from collections.abc import Iterator
from itertools import pairwise
from typing import Final

import numpy as np

from grader.lab import Bench, Finding, FoundIn, Outcome, StatedValue, capital
from grader.labkit import format_matrix, low_rank
from reference.checks.attribution import exercise_of
from reference.checks.candidate import OPTIMUM, TYPED, A, Array, Candidate
from reference.checks.stated_answers import candidates_with_calls
from reference.checks.stated_matrices import is_best, rejected
from reference.data import M

__all__ = ["a_for_the_completion", "a_for_the_reconstruction", "other_rank", "svd_for_the_descent"]


LARGEST: Final = 1e3
"""Factors of A have entries of a few units; their products and squares must be numbers."""


def other_rank(bench: Bench, wanted: str) -> Finding | None:
    """Factors with one column or three, stated for 1.2."""
    for left, right in pairwise(_of_1_2(bench)):
        if left.program != right.program or (left.found_in is FoundIn.VARIABLE) != (
            right.found_in is FoundIn.VARIABLE
        ):
            continue
        U, V = (value.values if value.values.shape[0] == 3 else value.values.T for value in (left, right))
        if U.shape != V.shape or not _are_factors(U, V):
            continue
        columns = "one column" if U.shape[1] == 1 else "three columns"
        return Finding(
            outcome=Outcome.FAIL,
            message=f"The stated factors ({left.origin} and {right.origin}) have {columns} each: that is a factorisation "
            f"of rank {U.shape[1]}, and the sheet asks for rank 2.",
            got=format_matrix(U @ V.T),
            wanted=wanted,
        )
    return None


def _of_1_2(bench: Bench) -> Iterator[StatedValue]:
    for value in bench.stated_values:
        is_factor = value.values.shape in ((3, 1), (1, 3), (3, 3)) and exercise_of(value) in ("", "1.2")
        if is_factor and np.isfinite(value.values).all() and float(np.abs(value.values).max()) < LARGEST:
            yield value


def _are_factors(U: Array, V: Array) -> bool:
    """Whether their product fits A as a descent of their rank does: near its optimum, and at rank 3 nearly exactly."""
    loss = low_rank.loss(A, U @ V.T)
    if U.shape[1] == 1:
        return loss <= 1.5 * low_rank.eckart_young(A, 1)
    return loss <= 0.9 * OPTIMUM and not any(np.allclose(each, A, atol=TYPED) for each in (U, V))


def svd_for_the_descent(bench: Bench, wanted: str) -> Finding | None:
    """Factors with orthogonal columns whose product is the best rank-2 matrix, or that matrix once more, stated for 1.2."""
    best = [candidate for candidate in candidates_with_calls(bench) if is_best(candidate)]
    has_its_own = any(candidate.exercise == "2.1" for candidate in best)
    for candidate in best:
        is_meant = candidate.exercise == "1.2" or (candidate.exercise == "" and candidate.is_product)
        if is_meant and (candidate.is_orthogonal if candidate.is_product else has_its_own):
            return rejected(
                candidate,
                f"{capital(candidate.origin)} is what a singular value decomposition "
                "gives: the best matrix of rank 2 itself. The factors of 1.2 come from gradient descent.",
                wanted,
            )
    return None


def a_for_the_reconstruction(bench: Bench, wanted: str) -> Finding | None:
    """A itself, stated for 2.1."""
    for candidate in _stated_for(bench, "2.1"):
        if _is_a(candidate):
            return rejected(
                candidate,
                f"The reconstruction ({candidate.origin}) is A itself: no singular value was set to zero.",
                wanted,
            )
    return None


def a_for_the_completion(bench: Bench, wanted: str) -> Finding | None:
    """A itself, or a completion with A's own values put back where they were hidden, stated for 3.2."""
    for candidate in _stated_for(bench, "3.2"):
        hidden = M == 0
        near = np.abs(candidate.P - A) <= candidate.half_width + TYPED
        if not bool(near[hidden].all()):
            continue
        what = "is A itself" if bool(near.all()) else "has A's own values in its hidden cells"
        return rejected(
            candidate,
            f"The completed matrix ({candidate.origin}) {what}: these cells were to be estimated from the others.",
            wanted,
        )
    return None


def _stated_for(bench: Bench, exercise: str) -> list[Candidate]:
    """The matrices whose words say the exercise, those shown first; A has a name of its own."""
    found = [
        candidate
        for candidate in candidates_with_calls(bench)
        if candidate.exercise == exercise and not candidate.is_product and candidate.name != "A"
    ]
    return sorted(found, key=lambda candidate: not candidate.is_shown)


def _is_a(candidate: Candidate) -> bool:
    return bool((np.abs(candidate.P - A) <= candidate.half_width + TYPED).all())
