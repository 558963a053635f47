"""What to say of a stated value that was not found: it is not there, was lost with its code, or was not stated."""

from typing import Final

import msgspec

from grader.lab import Bench, Finding, Outcome, capital
from grader.labkit import lost_file, lost_statement, not_started
from reference.checks.own_calls import own_calls
from reference.sheet import SGD_FACTORISE, SGD_FACTORISE_MASKED, TRUNCATED_SVD

__all__ = ["lost_work", "unstated"]

_FUNCTIONS: Final = {"1.2": SGD_FACTORISE, "2.1": TRUNCATED_SVD, "3.2": SGD_FACTORISE_MASKED}
_LIBRARY: Final = {"2.1": ("svd",)}
"""What a script without a function of its own calls."""


def unstated(bench: Bench, what: str, exercise: str, wanted: str = "") -> Finding:
    """What to say of a stated value that was not found: it is not there, or it was lost with the statement that gives it.

    A call of the function of the exercise shows that the work is there and only its result is not.
    """
    loaded = bench.loaded
    if loaded.source is None:
        return Finding(outcome=Outcome.MISSING, message="No file with code was handed in.")
    lost = lost_file(loaded) or not_started(bench, _FUNCTIONS[exercise]) or lost_work(bench, exercise)
    if lost is not None:
        return msgspec.structs.replace(lost, message=f"{what}. {lost.message}", wanted=wanted)
    first = loaded.failures[:1]
    because = (
        f" {capital(first[0].place)} could not be run ({first[0].type_name or first[0].text})."
        if first
        else ""
    )
    called = [call.text for call in own_calls(bench).values() if call.exercise == exercise]
    if called and not wanted:
        return Finding(
            outcome=Outcome.FAIL,
            message=f"{what}: {called[-1]} returns factors, but they are neither printed nor kept in "
            f"variables.{because}",
        )
    where = "among the top-level variables and the printed text" if loaded.source.code else "in the text"
    return Finding(outcome=Outcome.MISSING, message=f"{what} {where}.{because}", wanted=wanted)


def lost_work(bench: Bench, exercise: str) -> Finding | None:
    """The first statement of an exercise that could not be read or run; None if there is none."""
    return lost_statement(bench, _FUNCTIONS[exercise], _LIBRARY.get(exercise, ()))
