"""Error carried forward: a stated result that is wrong only because the student's own function is."""

from collections.abc import Callable
from typing import Final

import numpy as np

from grader.lab import Bench, Finding, Frozen, Outcome, capital
from grader.labkit import format_matrix
from reference.checks.candidate import A, Candidate
from reference.checks.own_calls import own_calls
from reference.checks.stated_answers import answers_for

__all__ = ["OwnFunction", "carried", "following"]

ZERO: Final = float((A * A).sum())
"""The loss of the zero matrix: what fits no better was not fitted."""


class OwnFunction(Frozen, frozen=True):
    """The student's function of an earlier exercise, whose results an exercise states."""

    exercise: str
    """Its exercise, `1.1` or `3.1`."""
    is_right: Callable[[Bench], bool]
    is_attempt: Callable[[Bench], bool]
    """Whether calls by the grader show that it computes something from A."""


def carried(bench: Bench, exercise: str, function: OwnFunction) -> Candidate | None:
    """The stated matrix that the student's own call returned, asked as the sheet asks, by a function that is wrong.

    What is shown comes first. None where there is no such matrix, or where the function is right or no attempt.
    """
    as_asked = {
        number for number, call in own_calls(bench).items() if call.exercise == exercise and not call.problem
    }
    found = [
        candidate
        for candidate in answers_for(bench, exercise)
        if candidate.call in as_asked and _fits_better_than_zero(candidate)
    ]
    if not found or function.is_right(bench) or not function.is_attempt(bench):
        return None
    return min(found, key=lambda candidate: (not candidate.is_shown, candidate.loss.low))


def _fits_better_than_zero(candidate: Candidate) -> bool:
    return bool(np.isfinite(candidate.P).all()) and candidate.loss.high < ZERO


def following(bench: Bench, candidate: Candidate, function: OwnFunction, wanted: str) -> Finding:
    """The finding on a matrix that follows from the student's own function."""
    assert candidate.call is not None
    call = own_calls(bench)[candidate.call].text
    return Finding(
        outcome=Outcome.FOLLOWS,
        message=f"{capital(candidate.origin)}: exactly what your function returns ({call}), "
        f"called as the sheet asks. The numbers are wrong because the function is: see {function.exercise}.",
        got=format_matrix(candidate.P),
        wanted=wanted,
        blocked_by=function.exercise,
    )
