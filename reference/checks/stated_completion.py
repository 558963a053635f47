"""Checks of the completed matrix of exercise 3.2: it fits what is observed, and comes from that alone."""

from functools import partial

import numpy as np

from grader.lab import Bench, Check, Finding, Outcome
from grader.labkit import format_matrix, low_rank
from reference.checks import explanations
from reference.checks.absence import lost_work, unstated
from reference.checks.candidate import A, Candidate
from reference.checks.carried_forward import OwnFunction, carried, diverged, following
from reference.checks.completion import (
    CONVERGED,
    LINGERING,
    fits_zeros,
    has_lower_rank,
    is_filled,
    is_sound_completion,
)
from reference.checks.own_calls import own_calls
from reference.checks.stated_answers import (
    OtherCalculation,
    accepted_answers,
    answers_for,
    is_called_completed,
    is_unexplained,
    other_calculation,
)
from reference.checks.stated_matrices import (
    is_best,
    is_completion,
    is_factorisation,
    is_given,
    keeps_observed,
    rejected,
    stated_by,
    too_coarse,
)
from reference.checks.stated_mistakes import a_for_the_completion
from reference.checks.stated_results import PLAUSIBLE
from reference.data import M
from reference.sheet import SGD_FACTORISE_MASKED

__all__ = ["completion_checks"]


def completion_checks(exercise: str, function: OwnFunction) -> tuple[Check, ...]:
    """Exercise 3.2: the completed matrix, and the comparison, which a person reads."""
    return (
        Check(
            f"{exercise}-completed",
            "The completed matrix is stated and fits the observed cells",
            partial(_completed, function),
            tolerance=f"rank 2, observed loss at most {CONVERGED} ({LINGERING} if the code is right)",
        ),
        Check(f"{exercise}-meaning", "What the comparison with A tells you", explanations.MEANING.finding),
    )


def _completed(function: OwnFunction, bench: Bench) -> Finding:
    wanted = f"a matrix of rank 2 with a loss of at most {CONVERGED} over the observed cells"
    right = accepted_answers(bench, "3.2", is_sound_completion)
    spoiled = _spoiled(bench) if not any(candidate.is_shown for candidate in right) else None
    if spoiled is not None:
        return Finding(outcome=Outcome.FAIL, message=spoiled.sentence, got=spoiled.got, wanted=wanted)
    follows = carried(bench, "3.2", function) if not right else None
    if follows is not None:
        return following(bench, follows, function, wanted)
    other = other_calculation(bench, "3.2") if not right else None
    if other is not None:
        return Finding(outcome=Outcome.FAIL, message=other.sentence, got=other.got, wanted=wanted)
    given = _given_shown_last(bench) if right and not any(candidate.is_shown for candidate in right) else None
    if given is not None:
        return Finding(
            outcome=Outcome.MANUAL,
            message=f"A completed matrix is kept ({right[0].origin}), but the last matrix shown is one of the sheet's "
            f"({given.origin}). A person has to look at which of them is the answer.",
            got=format_matrix(given.P),
        )
    for candidate in right:
        if is_completion(candidate, CONVERGED) and not keeps_observed(candidate):
            return _passed(candidate)
    if right:
        if function.is_right(bench) and not is_unexplained(bench, right[0], "3.2"):
            return _passed(right[0])
        if all(map(keeps_observed, right)):
            return Finding(
                outcome=Outcome.MANUAL,
                message=f"The matrix ({right[0].origin}) has A's own numbers in the observed cells, so "
                "it does not show how well these were fitted, and there is no correct function "
                "beside it. A person has to look.",
                got=format_matrix(right[0].P),
            )
        return Finding(
            outcome=Outcome.MANUAL,
            message=f"The matrix ({right[0].origin}) fits the observed cells to "
            f"{low_rank.observed_loss(A, M, right[0].P):.4f}: an unlucky run, or something other "
            "than a masked factorisation. A person has to look.",
            got=format_matrix(right[0].P),
        )
    coarse = too_coarse(bench, lambda candidate: is_completion(candidate, LINGERING), "the completed matrix")
    return coarse or diverged(bench, "3.2", function, wanted) or _rejected(bench, stated_by(bench))


def _given_shown_last(bench: Bench) -> Candidate | None:
    """A matrix of the sheet that the program shows after it has computed a completion, if that is the last one shown."""
    calls = [bench.loaded.calls[n] for n, own in own_calls(bench).items() if own.exercise == "3.2"]
    shown = [c for c in stated_by(bench) if c.is_shown and c.is_computed]
    if not calls or not shown:
        return None
    last = max(shown, key=lambda candidate: candidate.position)
    return last if is_given(last) and last.position[1] > max(call.printed for call in calls) else None


def _spoiled(bench: Bench) -> OtherCalculation | None:
    """What is shown in place of a completion that is only kept: emptied again, turned, or filled with a mean."""
    kept = [c for c in stated_by(bench) if not c.is_shown and is_completion(c, LINGERING)]
    for shown in stated_by(bench):
        if not shown.is_shown or is_given(shown):
            continue
        if is_filled(shown):
            return OtherCalculation(
                f"The stated matrix ({shown.origin}) has the mean of other cells in its hidden cells; the sheet "
                "completes them by the product of two factors.",
                format_matrix(shown.P),
            )
        for candidate in kept:
            width = shown.half_width + candidate.half_width + 1e-5
            for spoiled, what in (
                (
                    candidate.P * M,
                    "times the mask: its hidden cells are zero again, and these are the ones to complete",
                ),
                (candidate.P.T, "transposed"),
            ):
                if bool((np.abs(shown.P - spoiled) <= width).all()):
                    return OtherCalculation(
                        f"The stated matrix ({shown.origin}) is the completed matrix {what}.",
                        format_matrix(shown.P),
                    )
    return None


def _rejected(bench: Bench, stated: tuple[Candidate, ...]) -> Finding:
    wanted = f"a matrix of rank 2 with a loss of at most {CONVERGED} over the observed cells"
    put_back = a_for_the_completion(bench, wanted)
    if put_back is not None:
        return put_back
    if not _attempted(bench):
        return unstated(bench, "No completed matrix was found", "3.2")
    for candidate in answers_for(bench, "3.2"):
        if is_given(candidate) and is_called_completed(candidate):
            return rejected(
                candidate,
                f"The matrix called the completed one ({candidate.origin}) is one that the sheet gives: nothing "
                "is completed in it.",
                wanted,
            )
    for candidate in stated:
        if has_lower_rank(candidate) and is_completion(candidate, PLAUSIBLE):
            return rejected(
                candidate,
                f"The matrix ({candidate.origin}) has rank 1; the sheet completes A at rank 2.",
                wanted,
            )
    for candidate in stated:
        if fits_zeros(candidate) and is_completion(candidate, LINGERING):
            return rejected(
                candidate,
                f"The matrix ({candidate.origin}) fits zeros in the hidden cells: these were taken for observed "
                "values. Hidden cells have to be left out.",
                wanted,
            )
    named = [c for c in stated if not is_best(c) and not is_factorisation(c) and not is_given(c)]
    plausible = [c for c in named if low_rank.observed_loss(A, M, c.P) <= PLAUSIBLE]
    if not plausible and any(is_factorisation(c) for c in stated):
        return lost_work(bench, "3.2") or Finding(
            outcome=Outcome.FAIL,
            message="The stated matrices fit the hidden cells as well: they come from all of A, not only "
            "from the observed cells.",
            wanted=wanted,
        )
    plausible = plausible or [c for c in named if c.is_product]
    if plausible:
        nearest = min(plausible, key=lambda candidate: low_rank.observed_loss(A, M, candidate.P))
        reached = low_rank.observed_loss(A, M, nearest.P)
        return rejected(
            nearest,
            f"No stated matrix completes A; the nearest ({nearest.origin}) has the loss {reached:.4f} "
            "over the observed cells.",
            wanted,
        )
    return unstated(bench, "No completed matrix was found", "3.2")


def _passed(candidate: Candidate) -> Finding:
    first, second = candidate.P[1, 0], candidate.P[2, 1]
    return Finding(
        outcome=Outcome.PASS,
        message=f"Found as {candidate.origin}; the hidden cells (2,1) and (3,2) are completed to "
        f"{first:.4f} and {second:.4f} (A has {A[1, 0]:.4f} and {A[2, 1]:.4f}).",
    )


def _attempted(bench: Bench) -> bool:
    """Whether there is a sign of exercise 3: its function, or the sheet's mask."""
    if bench.locate(SGD_FACTORISE_MASKED) is not None:
        return True
    return any(
        stated_value.values.shape == M.shape and np.array_equal(stated_value.values, M)
        for stated_value in bench.stated_values
    )
