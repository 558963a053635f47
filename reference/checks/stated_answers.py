"""Which of the stated values are a student's answer to an exercise, and which belong to another one.

A value belongs to the exercise of the call that made it, or of the words beside it, or of the matrices it stands with.
A value of another exercise serves none. What is shown counts before what is only kept in variables.
"""

import re
from collections.abc import Callable, Iterable, Mapping
from typing import Final

import msgspec
import numpy as np

from grader.lab import Bench, Fact, Frozen, StatedValue, array_of
from grader.labkit import format_matrix, is_within, items_of, scalars
from reference.checks.attribution import exercise_of
from reference.checks.candidate import RANK, Candidate
from reference.checks.completion import LINGERING
from reference.checks.loss_names import is_called_loss
from reference.checks.own_calls import OwnCall, own_calls
from reference.checks.stated_matrices import is_best, is_completion, is_factorisation, is_given, stated_by

__all__ = [
    "OtherCalculation",
    "accepted_answers",
    "answers_for",
    "call_problem",
    "is_loss_of",
    "is_unexplained",
    "numbers_for",
    "other_calculation",
    "sharpened",
]

DECIMALS: Final = 6
"""A number with no more decimals was rounded by the program before it was shown."""

SAME: Final = 2e-5
"""How far a float32 product may be from ours, for entries of a few units."""


_COMPLETED: Final = re.compile(
    r"(?i)complet|fill|recover|estimat|predict|reconstr|vervollst|ergänz|complét|remplie|uzupełn"
)
"""Words that call a matrix the completed one."""


class OtherCalculation(Frozen, frozen=True):
    """Stated matrices that come from a call that calculates something else than the exercise asks for."""

    sentence: str
    got: str


_CANDIDATES: Final = Fact[tuple[Candidate, ...]]("candidates with their calls")
_EXERCISES: Final = Fact[Mapping[frozenset[str], str]]("exercises by places")
_ANCHORS: Final = Fact[tuple[tuple[tuple[int, int], str], ...]]("exercises by position")


def answers_for(bench: Bench, exercise: str) -> tuple[Candidate, ...]:
    """The matrices stated for an exercise: those shown for it, or else all that can be meant for it."""
    possible = [
        c
        for c in _candidates(bench)
        if c.exercise in ("", exercise)
        and (_call_fits(bench, c, exercise) or (c.is_shown and c.exercise == exercise))
    ]
    shown = [c for c in possible if c.is_shown and _is_meant(bench, c, exercise)]
    return tuple(shown or possible)


def _call_fits(bench: Bench, candidate: Candidate, exercise: str) -> bool:
    call = _call_of(bench, candidate)
    return call is None or call.exercise == exercise


def _is_meant(bench: Bench, candidate: Candidate, exercise: str) -> bool:
    """Whether a shown matrix is an answer to the exercise by its words, its call or what it is; never what the sheet gives."""
    if is_given(candidate) and not (exercise == "3.2" and _COMPLETED.search(candidate.name)):
        return False
    can_be_any = not candidate.is_computed and (exercise == "1.2" or not candidate.is_product)
    return _exercise_shown(bench, candidate) in ((exercise, "") if can_be_any else (exercise,))


def accepted_answers(bench: Bench, exercise: str, fits: Callable[[Candidate], bool]) -> list[Candidate]:
    """The answers that fit and come from the calculation that the exercise asks for; what is shown comes first."""
    answers = answers_for(bench, exercise)
    accepted = [c for c in answers if fits(c) and not call_problem(bench, c, exercise)]
    if any(c.call is not None for c in accepted):  # what no call gave was not computed as the exercise asks
        accepted = [c for c in accepted if c.call is not None or not c.is_computed]
    return sorted(accepted, key=lambda candidate: not candidate.is_shown)


def other_calculation(bench: Bench, exercise: str) -> OtherCalculation | None:
    """What to say of matrices from a call that does not calculate what is asked for, those shown first."""
    candidates = [c for c in answers_for(bench, exercise) if c.call is not None or c.is_product]
    for candidate in sorted(
        candidates, key=lambda candidate: (not candidate.is_shown, candidate.call is None)
    ):
        problem = call_problem(bench, candidate, exercise)
        if problem:
            return OtherCalculation(
                f"The stated matrices ({candidate.origin}) come from {problem}.", format_matrix(candidate.P)
            )
    return None


def call_problem(bench: Bench, candidate: Candidate, exercise: str) -> str:
    """The call that made a candidate and what makes it another calculation; empty if nothing does.

    A candidate of no known call comes from one of the program's calls for the exercise: it counts as theirs if all of
    them have a problem.
    """
    call = _call_of(bench, candidate)
    if call is None:
        own = [each for each in own_calls(bench).values() if each.exercise == exercise]
        call = own[-1] if own and all(each.problem for each in own) else None
    if call is not None and call.exercise != exercise:
        return f"{call.text}: that is the calculation of {call.exercise}"
    return f"{call.text}: {call.problem}" if call is not None and call.problem else ""


def is_unexplained(bench: Bench, candidate: Candidate, exercise: str) -> bool:
    """Whether a program shows a matrix that none of its recorded calls for the exercise made."""
    own = any(call.exercise == exercise for call in own_calls(bench).values())
    return own and candidate.is_computed and candidate.call is None


def _call_of(bench: Bench, candidate: Candidate) -> OwnCall | None:
    return own_calls(bench).get(candidate.call) if candidate.call is not None else None


def _candidates(bench: Bench) -> tuple[Candidate, ...]:
    return bench.learned.once(_CANDIDATES, lambda: tuple(_with_calls(bench)))


def _with_calls(bench: Bench) -> list[Candidate]:
    """The candidates; a matrix that is the product of what a recorded call returned belongs to that call."""
    made = _products_of_calls(bench)
    found: list[Candidate] = []
    for candidate in stated_by(bench):
        if candidate.call is None and candidate.is_computed:
            for number, product in made.items():
                if bool((np.abs(candidate.P - product) <= candidate.half_width + SAME).all()):
                    candidate = msgspec.structs.replace(candidate, call=number)
        found.append(candidate)
    return found


def _products_of_calls(bench: Bench) -> Mapping[int, np.ndarray[tuple[int, int], np.dtype[np.float64]]]:
    found = {}
    for number in own_calls(bench):
        parts = [array_of(part) for part in items_of(bench.loaded.calls[number].result) or ()]
        factors = [part for part in parts if part is not None and part.ndim == RANK and 3 in part.shape]
        if len(factors) > 1:
            U, V = (factor if factor.shape[0] == 3 else factor.T for factor in factors[:2])
            if U.shape == V.shape and np.isfinite(U).all() and np.isfinite(V).all():
                found[number] = U @ V.T
    return found


# --- numbers ------------------------------------------------------------------------------------------------


def numbers_for(bench: Bench, exercise: str) -> tuple[StatedValue, ...]:
    """The numbers that can be the loss of an exercise: those shown as such, or else those that belong to no other."""
    numbers = scalars(bench.stated_values)
    anchors = bench.learned.once(_ANCHORS, lambda: tuple(_anchors(bench)))
    shown = [
        number for number in numbers if number.text >= 0 and exercise in _possible_exercises(number, anchors)
    ]
    if any(map(is_called_loss, shown)):
        return tuple(shown)
    return tuple(number for number in numbers if exercise_of(number) in ("", exercise))


def _anchors(bench: Bench) -> list[tuple[tuple[int, int], str]]:
    """Where matrices of an exercise are shown, in order."""
    found = [(c.position, _exercise_shown(bench, c)) for c in _candidates(bench) if c.position[0] >= 0]
    return sorted({(position, exercise) for position, exercise in found if exercise})


def _exercise_shown(bench: Bench, candidate: Candidate) -> str:
    """The exercise that a candidate is shown for; factors that are one in one order are it in the other as well."""
    known = bench.learned.once(_EXERCISES, lambda: _exercises_by_places(bench))
    return known.get(frozenset(candidate.places), "")


def _exercises_by_places(bench: Bench) -> Mapping[frozenset[str], str]:
    found: dict[frozenset[str], str] = {}
    for candidate in _candidates(bench):
        exercise = _exercise_by_itself(bench, candidate)
        if exercise:
            found.setdefault(frozenset(candidate.places), exercise)
    return found


def _exercise_by_itself(bench: Bench, candidate: Candidate) -> str:
    call = _call_of(bench, candidate)
    if candidate.exercise or call is not None:
        return candidate.exercise or (call.exercise if call is not None else "")
    if is_best(candidate) and not (candidate.is_product and is_factorisation(candidate)):
        return "2.1"
    if is_factorisation(candidate):
        return "1.2"
    return "3.2" if is_completion(candidate, LINGERING) else ""


def _possible_exercises(
    number: StatedValue, anchors: Iterable[tuple[tuple[int, int], str]]
) -> frozenset[str]:
    """The exercise that the words say, or else those of the matrices next above and next below."""
    said = exercise_of(number)
    if said:
        return frozenset({said})
    place = (number.text, number.line)
    above = [exercise for position, exercise in anchors if position <= place]
    below = [exercise for position, exercise in anchors if position > place]
    return frozenset((*above[-1:], *below[:1]))


def sharpened(number: StatedValue) -> StatedValue:
    """The number as exactly as it is known: the value behind the digits, if that was not rounded itself."""
    if number.exact is None or number.exact.size != 1:
        return number
    exact = float(number.exact.reshape(()))
    if round(exact, DECIMALS) == exact:
        return number
    return msgspec.structs.replace(number, values=number.exact.reshape(()), half_width=0.0)


def is_loss_of(number: StatedValue, candidate: Candidate) -> bool:
    """Whether a number is the loss of a candidate. A program and a report state the results of different runs."""
    return number.is_computed == candidate.is_computed and is_within(sharpened(number), candidate.loss)
