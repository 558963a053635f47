"""Checks of the completed matrix of exercise 3.2: it fits what is observed, and comes from that alone."""

from collections.abc import Callable
from functools import partial
from typing import Final

import numpy as np

from grader.lab import Bench, Check, Finding, Outcome
from grader.labkit import format_matrix, low_rank
from reference.checks import explanations
from reference.checks.stated_matrices import (
    A,
    Candidate,
    is_best,
    is_completion,
    is_factorisation,
    keeps_observed,
    stated_by,
    too_coarse,
)
from reference.checks.stated_results import LINGERING, PLAUSIBLE, unstated
from reference.data import M
from reference.sheet import SGD_FACTORISE_MASKED

__all__ = ["completion_checks"]

CONVERGED: Final = 0.02
"""Observed loss below which a completion needs no further evidence: 95 % of 20,000 default runs."""


def completion_checks(exercise: str, code_is_right: Callable[[Bench], bool]) -> tuple[Check, ...]:
    """Exercise 3.2: the completed matrix, and the comparison, which a person reads."""
    return (
        Check(
            f"{exercise}-completed",
            "The completed matrix is stated and fits the observed cells",
            partial(_completed, code_is_right),
            tolerance=f"rank 2, observed loss at most {CONVERGED} ({LINGERING} if the code is right)",
        ),
        Check(f"{exercise}-meaning", "What the comparison with A tells you", explanations.MEANING.finding),
    )


def _completed(code_is_right: Callable[[Bench], bool], bench: Bench) -> Finding:
    stated = stated_by(bench)
    for candidate in stated:
        if is_completion(candidate, CONVERGED) and not keeps_observed(candidate):
            return _passed(candidate)
    lingering = [candidate for candidate in stated if is_completion(candidate, LINGERING)]
    if lingering:
        if code_is_right(bench):
            return _passed(lingering[0])
        if all(map(keeps_observed, lingering)):
            return Finding(
                outcome=Outcome.MANUAL,
                message=f"The matrix ({lingering[0].origin}) has A's own numbers in the observed cells, so "
                "it does not show how well these were fitted, and there is no correct function "
                "beside it. A person has to look.",
                got=format_matrix(lingering[0].P),
            )
        return Finding(
            outcome=Outcome.MANUAL,
            message=f"The matrix ({lingering[0].origin}) fits the observed cells to "
            f"{low_rank.observed_loss(A, M, lingering[0].P):.4f}: an unlucky run, or something other "
            "than a masked factorisation. A person has to look.",
            got=format_matrix(lingering[0].P),
        )
    coarse = too_coarse(bench, lambda candidate: is_completion(candidate, LINGERING), "the completed matrix")
    return coarse or _rejected(bench, stated)


def _rejected(bench: Bench, stated: tuple[Candidate, ...]) -> Finding:
    wanted = f"a matrix of rank 2 with a loss of at most {CONVERGED} over the observed cells"
    if not _attempted(bench):
        return Finding(outcome=Outcome.MISSING, message=unstated(bench, "No completed matrix was found"))
    named = [c for c in stated if not is_best(c) and not is_factorisation(c) and not _is_given(c)]
    plausible = [c for c in named if low_rank.observed_loss(A, M, c.P) <= PLAUSIBLE]
    if not plausible and any(is_factorisation(c) for c in stated):
        return Finding(
            outcome=Outcome.FAIL,
            message="The stated matrices fit the hidden cells as well: they come from all of A, not only "
            "from the observed cells.",
            wanted=wanted,
        )
    plausible = plausible or [c for c in named if c.is_product]
    if plausible:
        nearest = min(plausible, key=lambda candidate: low_rank.observed_loss(A, M, candidate.P))
        reached = low_rank.observed_loss(A, M, nearest.P)
        return Finding(
            outcome=Outcome.FAIL,
            message=f"No stated matrix completes A; the nearest ({nearest.origin}) has the loss {reached:.4f} "
            "over the observed cells.",
            got=format_matrix(nearest.P),
            wanted=wanted,
        )
    return Finding(outcome=Outcome.MISSING, message=unstated(bench, "No completed matrix was found"))


def _passed(candidate: Candidate) -> Finding:
    first, second = candidate.P[1, 0], candidate.P[2, 1]
    return Finding(
        outcome=Outcome.PASS,
        message=f"Found as {candidate.origin}; the hidden cells (2,1) and (3,2) are completed to "
        f"{first:.4f} and {second:.4f} (A has {A[1, 0]:.4f} and {A[2, 1]:.4f}).",
    )


def _is_given(candidate: Candidate) -> bool:
    """A itself, the mask, or A with its hidden cells set to zero."""
    return any(
        bool((np.abs(candidate.P - given) <= candidate.half_width + 1e-4).all())
        for given in (A, M, A * M, 1 - M)
    )


def _attempted(bench: Bench) -> bool:
    """Whether there is a sign of exercise 3: its function, or the sheet's mask."""
    if bench.locate(SGD_FACTORISE_MASKED) is not None:
        return True
    return any(
        stated_value.values.shape == M.shape and np.array_equal(stated_value.values, M)
        for stated_value in bench.stated_values
    )
