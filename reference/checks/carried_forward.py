"""Error carried forward: a stated result that is wrong only because the student's own function is."""

from collections.abc import Callable
from typing import Final

import numpy as np

from grader.lab import Bench, Finding, Frozen, Outcome, capital
from grader.labkit import format_matrix
from reference.checks.attribution import exercise_of
from reference.checks.candidate import A, Candidate
from reference.checks.own_calls import own_calls
from reference.checks.stated_answers import answers_for

__all__ = ["OwnFunction", "carried", "diverged", "following"]

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
    found = [
        candidate
        for candidate in answers_for(bench, exercise)
        if _fits_better_than_zero(candidate) and _is_own_result(bench, candidate.call, exercise, function)
    ]
    return min(found, key=lambda candidate: (not candidate.is_shown, candidate.loss.low), default=None)


def _is_own_result(bench: Bench, call: int | None, exercise: str, function: OwnFunction) -> bool:
    """Whether a call is one of the student's own function, asked as the sheet asks, and the function is a wrong attempt."""
    own = own_calls(bench).get(call) if call is not None else None
    if own is None or own.exercise != exercise or own.problem:
        return False
    return function.is_attempt(bench) and not function.is_right(bench)


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


def diverged(bench: Bench, exercise: str, function: OwnFunction, wanted: str) -> Finding | None:
    """The finding on factors of an exercise that hold inf or nan; None if none do. What no call gave is taken for 1.2's."""
    own = own_calls(bench)
    for value in bench.stated_values:
        if value.values.shape not in ((3, 2), (2, 3)) or np.isfinite(value.values).all():
            continue
        call = own.get(value.call) if value.call is not None else None
        if (call.exercise if call is not None else exercise_of(value) or "1.2") != exercise:
            continue
        is_own = _is_own_result(bench, value.call, exercise, function)
        see = f" The function is wrong: see {function.exercise}." if is_own else ""
        return Finding(
            outcome=Outcome.FAIL,
            message=f"The {value.origin} contains values that are not finite: the descent diverged.{see}",
            wanted=wanted,
        )
    return None
