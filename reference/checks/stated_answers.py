"""Which of the stated values are a student's answer to an exercise, and which belong to another one.

A value belongs to the exercise of the call that made it, or of the words beside it, or of the matrices it stands with.
A value of another exercise serves none. What is shown counts before what is only kept in variables.
"""

import re
from collections.abc import Callable, Mapping
from typing import Final

import msgspec
import numpy as np

from grader.lab import Bench, Fact, Frozen, array_of
from grader.labkit import format_matrix, items_of
from reference.checks.attribution import exercise_of, is_numbered
from reference.checks.candidate import RANK, Array, Candidate, Part
from reference.checks.completion import LINGERING
from reference.checks.own_calls import OwnCall, own_calls, too_short_loop
from reference.checks.stated_matrices import is_best, is_completion, is_factorisation, is_given, stated_by

__all__ = [
    "OtherCalculation",
    "accepted_answers",
    "answers_for",
    "call_problem",
    "candidates_with_calls",
    "exercise_shown",
    "is_called_completed",
    "is_unexplained",
    "other_calculation",
]

SAME: Final = 2e-5
"""How far a float32 product may be from ours, for entries of a few units."""


_COMPLETED: Final = re.compile(
    r"(?i)complet|fill|recover|estimat|predict|reconstr|vervollst|ergänz|complét|remplie|uzupełn"
)
"""Words that call a matrix the completed one."""


_NAMED_COMPLETED: Final = re.compile(r"(?i)complet|fill|recover|vervollst|ergänz|complét|remplie|uzupełn")
"""Names of variables that can only mean the completed matrix."""

_FINAL: Final = re.compile(r"(?i)\b(?:final|answer|result|antwort|ergebnis|réponse|résultat|wynik|odpowied)")
"""Words that call what they stand before the answer."""


class OtherCalculation(Frozen, frozen=True):
    """Stated matrices that come from a call that calculates something else than the exercise asks for."""

    sentence: str
    got: str


_CANDIDATES: Final = Fact[tuple[Candidate, ...]]("candidates with their calls")
_FACTORS: Final = Fact[Mapping[int, tuple[Array, Array]]]("factors that own calls returned")
_EXERCISES: Final = Fact[Mapping[frozenset[Part], str]]("exercises by parts")


def answers_for(bench: Bench, exercise: str) -> tuple[Candidate, ...]:
    """The matrices stated for an exercise: those shown for it, or else all that can be meant for it."""
    possible = [
        c
        for c in candidates_with_calls(bench)
        if c.exercise in ("", exercise)
        and (_call_fits(bench, c, exercise) or (c.is_shown and c.exercise == exercise))
    ]
    shown = [c for c in possible if c.is_shown and _is_meant(bench, c, exercise)]
    named = [c for c in possible if exercise == "3.2" and not c.is_product and is_called_completed(c)]
    return tuple(shown or named or possible)


def is_called_completed(candidate: Candidate) -> bool:
    """Whether the words before a matrix, or the name of its variable, can only mean the completed matrix."""
    return bool(_NAMED_COMPLETED.search(candidate.name))


def _call_fits(bench: Bench, candidate: Candidate, exercise: str) -> bool:
    call = _call_of(bench, candidate)
    return call is None or call.exercise == exercise


def _is_meant(bench: Bench, candidate: Candidate, exercise: str) -> bool:
    """Whether a shown matrix is an answer to the exercise by its words, its call or what it is; never what the sheet gives."""
    if is_given(candidate) and not (exercise == "3.2" and _COMPLETED.search(candidate.name)):
        return False
    can_be_any = not candidate.is_computed and (exercise == "1.2" or not candidate.is_product)
    return exercise_shown(bench, candidate) in ((exercise, "") if can_be_any else (exercise,))


def accepted_answers(bench: Bench, exercise: str, fits: Callable[[Candidate], bool]) -> list[Candidate]:
    """The answers that fit and come from the calculation that the exercise asks for; what is shown comes first."""
    answers = answers_for(bench, exercise)
    accepted = [c for c in answers if fits(c) and not call_problem(bench, c, exercise)]
    final = _called_final(bench, exercise)
    if final:
        accepted = [c for c in accepted if c.call is None or c.call in final]
    if any(c.call is not None for c in accepted):  # what no call gave was not computed as the exercise asks
        accepted = [c for c in accepted if c.call is not None or not c.is_computed]
    return sorted(accepted, key=lambda candidate: not candidate.is_shown)


def _called_final(bench: Bench, exercise: str) -> frozenset[int]:
    """The calls for an exercise whose results are shown as its answer: with its number, or called final."""
    own = {number for number, call in own_calls(bench).items() if call.exercise == exercise}
    return frozenset(
        value.call
        for value in bench.stated_values
        if value.call is not None
        and value.call in own
        and value.text >= 0
        and (_FINAL.search(value.name) or (is_numbered(value) and exercise_of(value) == exercise))
    )


def other_calculation(bench: Bench, exercise: str) -> OtherCalculation | None:
    """What to say of matrices from a call that does not calculate what is asked for, those shown first."""
    candidates = [
        c
        for c in answers_for(bench, exercise)
        if c.call is not None or c.is_product or _of_two_calls(bench, c)
    ]
    for candidate in sorted(
        candidates, key=lambda candidate: (not candidate.is_shown, candidate.call is None)
    ):
        problem = _traced_problem(bench, candidate, exercise)
        if problem:
            return OtherCalculation(
                f"The stated matrices ({candidate.origin}) come from {problem}.", format_matrix(candidate.P)
            )
    own = _wrong_own_call(bench, exercise)
    if own is not None:
        return OtherCalculation(f"{own.text} calculates something else: {own.problem}.", "")
    return None


def call_problem(bench: Bench, candidate: Candidate, exercise: str) -> str:
    """The call that made a candidate and what makes it another calculation; empty if nothing does.

    A candidate of no known call comes from one of the program's calls for the exercise: it counts as theirs if all of
    them have a problem.
    """
    problem = _traced_problem(bench, candidate, exercise)
    if problem or candidate.call is not None:
        return problem
    own = _wrong_own_call(bench, exercise)
    return f"{own.text}: {own.problem}" if own is not None else ""


def _traced_problem(bench: Bench, candidate: Candidate, exercise: str) -> str:
    """The calculation that a candidate is traced to, if it is another one than the exercise asks for."""
    call = _call_of(bench, candidate)
    if call is None:
        mixed = _of_two_calls(bench, candidate)
        if mixed or not candidate.is_computed or candidate.call is not None:
            return mixed
        return too_short_loop(bench, candidate.P, candidate.half_width + SAME)
    if call.exercise != exercise:
        return f"{call.text}: that is the calculation of {call.exercise}"
    return f"{call.text}: {call.problem}" if call.problem else ""


def _wrong_own_call(bench: Bench, exercise: str) -> OwnCall | None:
    """The last of the program's calls for the exercise, if all of them have a problem."""
    own = [call for call in own_calls(bench).values() if call.exercise == exercise]
    return own[-1] if own and all(call.problem for call in own) else None


def _of_two_calls(bench: Bench, candidate: Candidate) -> str:
    """The two calls whose factors a candidate is the product of, one of each; empty if it is no such product."""
    if candidate.call is not None or not candidate.is_computed:
        return ""
    factors = _factors_of_calls(bench)
    for first, (U, _) in factors.items():
        for second, (_, V) in factors.items():
            if first == second or U.shape[1] != V.shape[1]:
                continue
            if bool((np.abs(candidate.P - U @ V.T) <= candidate.half_width + SAME).all()):
                left, right = own_calls(bench)[first].text, own_calls(bench)[second].text
                return f"two different calls: U is of {left}, V is of {right}"
    return ""


def is_unexplained(bench: Bench, candidate: Candidate, exercise: str) -> bool:
    """Whether a program shows a matrix that none of its recorded calls for the exercise made."""
    own = any(call.exercise == exercise for call in own_calls(bench).values())
    return own and candidate.is_computed and candidate.call is None


def _call_of(bench: Bench, candidate: Candidate) -> OwnCall | None:
    return own_calls(bench).get(candidate.call) if candidate.call is not None else None


def candidates_with_calls(bench: Bench) -> tuple[Candidate, ...]:
    """All stated matrices, each with the call that made it if one is known."""
    return bench.learned.once(_CANDIDATES, lambda: tuple(_with_calls(bench)))


def _with_calls(bench: Bench) -> list[Candidate]:
    """The candidates; a matrix that is the product of what a recorded call returned belongs to that call."""
    made = {number: U @ V.T for number, (U, V) in _factors_of_calls(bench).items()}
    found: list[Candidate] = []
    for candidate in stated_by(bench):
        if candidate.call is None and candidate.is_computed:
            for number, product in made.items():
                if bool((np.abs(candidate.P - product) <= candidate.half_width + SAME).all()):
                    candidate = msgspec.structs.replace(candidate, call=number)
        found.append(candidate)
    return found


def _factors_of_calls(bench: Bench) -> Mapping[int, tuple[Array, Array]]:
    return bench.learned.once(_FACTORS, lambda: _returned_factors(bench))


def _returned_factors(bench: Bench) -> Mapping[int, tuple[Array, Array]]:
    found = {}
    for number in own_calls(bench):
        parts = [array_of(part) for part in items_of(bench.loaded.calls[number].result) or ()]
        factors = [part for part in parts if part is not None and part.ndim == RANK and 3 in part.shape]
        if len(factors) > 1:
            U, V = (factor if factor.shape[0] == 3 else factor.T for factor in factors[:2])
            if U.shape == V.shape and np.isfinite(U).all() and np.isfinite(V).all():
                found[number] = (U, V)
    return found


def exercise_shown(bench: Bench, candidate: Candidate) -> str:
    """The exercise that a candidate is shown for; factors that are one in one order are it in the other as well."""
    known = bench.learned.once(_EXERCISES, lambda: _exercises_by_parts(bench))
    return known.get(frozenset(candidate.parts), "")


def _exercises_by_parts(bench: Bench) -> Mapping[frozenset[Part], str]:
    found: dict[frozenset[Part], str] = {}
    for candidate in candidates_with_calls(bench):
        exercise = _exercise_by_itself(bench, candidate)
        if exercise:
            found.setdefault(frozenset(candidate.parts), exercise)
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
