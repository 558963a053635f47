"""Checks of what is stated: exercise 1.2, and the stated values of 2.1.

No variable name and no wording is required. What is stated must satisfy the algebra of the sheet: a loss
must follow from its matrices, no rank-2 matrix can beat Eckart–Young.
"""

import re
from collections.abc import Callable
from functools import partial
from typing import Final

import numpy as np

from grader.lab import Bench, Check, Finding, Outcome, StatedValue
from grader.labkit import format_matrix, is_within, low_rank, number_of
from reference.checks import explanations
from reference.checks.absence import unstated
from reference.checks.attribution import is_named
from reference.checks.candidate import OPTIMUM, A, Candidate
from reference.checks.carried_forward import OwnFunction, carried, diverged, following
from reference.checks.completion import LINGERING
from reference.checks.loss_misunderstandings import does_not_follow, misunderstood, number_text
from reference.checks.loss_names import is_called_loss
from reference.checks.stated_answers import (
    accepted_answers,
    answers_for,
    call_problem,
    other_calculation,
)
from reference.checks.stated_losses import (
    is_loss_of,
    numbers_for,
    other_error_behind,
    other_loss_behind,
    sharpened,
)
from reference.checks.stated_matrices import (
    BEST,
    HIGHEST,
    fits_by_chance,
    is_best,
    is_factorisation,
    is_of_another_exercise,
    mistyped,
    stated_by,
    too_coarse,
)
from reference.checks.stated_mistakes import other_rank, svd_for_the_descent

__all__ = [
    "ADVICE",
    "PLAUSIBLE",
    "WHOLE",
    "error_check",
    "factorisation_checks",
    "prose_check",
    "stated_best",
]

ADVICE: Final = {
    "factors": "Run `sgd_factorise(A, 2)` with the sheet's A and print U, V and U @ V.T.",
    "loss": "Print the sum of the squared entries of A - U @ V.T, for the U and V you state.",
    "completed": "Run `sgd_factorise_masked(A, M, 2)` with the sheet's A and M and print U @ V.T.",
    "error": "Print the sum of the squared entries of A minus your reconstruction.",
}
"""What to do next when this is the first check that fails."""


COARSEST: Final = 5e-3
"""Half a unit of two decimals: a number with fewer is a loss only where it is called one."""

FINE: Final = 5.1e-5
"""Half a unit of four decimals: a number with so many is taken for the one it equals, whatever it is called."""

WHOLE: Final = 0.5
"""Half a unit of a whole number: it says nothing of a loss between 0.12 and 0.60, whatever it is called."""

_SQUARED: Final = re.compile(r"(?i)square|²|\^2|\*\*2|quadr|carré|σ₃²|sse")
"""Words that call a number a squared error."""

PLAUSIBLE: Final = 3.0
"""Observed loss up to which a stated matrix is taken for an attempt at completing A (the zero matrix: 15.8)."""


def factorisation_checks(exercise: str, function: OwnFunction) -> tuple[Check, ...]:
    """Exercise 1.2: the factorisation and its loss; where only a loss is stated, right code vouches for it."""
    return (
        Check(
            f"{exercise}-factors",
            "U and V (or their product) of a rank-2 factorisation of A are stated",
            partial(_factors, function),
            tolerance=f"rank 2, {OPTIMUM:.4f} ≤ loss ≤ {HIGHEST:.4f}, within the stated digits",
        ),
        Check(
            f"{exercise}-loss",
            "The stated loss is the sum of squares that follows from them",
            partial(_loss, function),
            tolerance="the rounding of the stated digits",
        ),
    )


def prose_check(exercise: str) -> Check:
    """The sentence of explanation in 2.1, which a person reads."""
    return Check(f"{exercise}-why", "Why the truncated SVD does better", explanations.WHY.finding)


# --- 1.2 --------------------------------------------------------------------------------------------------


def _factors(function: OwnFunction, bench: Bench) -> Finding:
    mine = answers_for(bench, "1.2")
    accepted = accepted_answers(bench, "1.2", is_factorisation)
    if accepted:
        best = accepted[0]
        loss = low_rank.loss(A, best.P)
        return Finding(
            outcome=Outcome.PASS,
            message=f"Found as {best.origin}; its loss is {loss:.4f} (the best possible is {OPTIMUM:.4f}).{_luck(loss)}",
        )
    wanted = (
        f"a product of rank 2 with a loss from {OPTIMUM:.4f} (Eckart–Young) to {HIGHEST:.4f} (best of rank 1)"
    )
    follows = carried(bench, "1.2", function)
    if follows is not None:
        return following(bench, follows, function, wanted)
    other = other_calculation(bench, "1.2")
    if other is not None:
        return Finding(outcome=Outcome.FAIL, message=other.sentence, got=other.got, wanted=wanted)
    rest = [c for c in mine if c.is_product and not is_of_another_exercise(c, LINGERING)]
    lost = diverged(bench, "1.2", function, wanted)
    if lost is not None:
        return lost
    coarse = too_coarse(bench, is_factorisation, "the factorisation")
    found = coarse or svd_for_the_descent(bench, wanted) or other_rank(bench, wanted)
    if found is not None:
        return found
    if not rest:
        return unstated(bench, "No factorisation of A was found", "1.2")
    nearest = min(rest, key=lambda candidate: low_rank.loss(A, candidate.P))
    return Finding(
        outcome=Outcome.FAIL,
        message=_with_typo(
            bench, f"The product of {nearest.origin} has the loss {low_rank.loss(A, nearest.P):.4f}."
        ),
        got=format_matrix(nearest.P),
        wanted=wanted,
        tolerance="the worst of 20,000 correct runs with the defaults ended at 0.51",
    )


def _luck(loss: float) -> str:
    for dropped, level in low_rank.saddle_levels(A, 2):
        if dropped == (2,) and abs(loss - level) < 0.05 * level:
            return (
                f" {level:.4f} is σ₂²: this run still lacks the second singular value. That is due to the "
                "random start, and no mark depends on it; more epochs find it."
            )
    return ""


def _with_typo(bench: Bench, sentence: str) -> str:
    typo = mistyped(bench.stated_values)
    return f"{sentence} {typo}" if typo else sentence


def _loss(function: OwnFunction, bench: Bench) -> Finding:
    mine = answers_for(bench, "1.2")
    accepted = accepted_answers(bench, "1.2", is_factorisation)
    follows = carried(bench, "1.2", function) if not accepted else None
    low, high = OPTIMUM, HIGHEST
    if follows is not None:
        accepted, low, high = [follows], 0.0, 2 * follows.loss.high
    numbers = numbers_for(bench, "1.2")
    belied: Finding | None = None
    for number in numbers:
        precise = number.half_width <= COARSEST or (number.half_width < WHOLE and is_called_loss(number))
        if not precise or not any(is_loss_of(number, candidate) for candidate in accepted):
            continue
        behind = other_loss_behind(bench, number, accepted)
        if behind is not None:
            belied = belied or _belied(number, behind)
        elif fits_by_chance(numbers, low, high):
            return _among_too_many(number)
        else:
            return Finding(
                outcome=Outcome.PASS, message=f"{number_text(number)} follows from the stated matrices."
            )
    if belied is not None:
        return belied
    # The 1000 of `loss after 1000 epochs` comes last.
    labelled = sorted(filter(is_called_loss, numbers), key=lambda number: number.half_width >= WHOLE)
    if not accepted:
        coarse = too_coarse(bench, is_factorisation, "the factorisation that the loss belongs to")
        if coarse is not None:
            return coarse
        possible = low_rank.Interval(OPTIMUM, HIGHEST)
        alone = [n for n in labelled if n.half_width < WHOLE and is_within(n, possible)]
        beside = [
            number
            for number in alone
            if is_named(number, "1.2")
            or not is_within(number, low_rank.Interval(OPTIMUM, OPTIMUM * (1 + 1e-5)))
        ]
        wrong = [c for c in mine if c.is_product and not is_of_another_exercise(c, LINGERING)]
        other = other_calculation(bench, "1.2")
        if beside and not wrong and other is None:
            possibly = f"{number_text(beside[0])} is a possible loss (from {OPTIMUM:.4f} to {HIGHEST:.4f})"
            if function.is_right(bench) and not fits_by_chance(numbers, OPTIMUM, HIGHEST):
                return Finding(
                    outcome=Outcome.PASS,
                    message=f"{possibly}; the matrices it belongs to are not stated, but the function is correct.",
                )
            return Finding(
                outcome=Outcome.MANUAL,
                message=f"{possibly}, but the matrices it belongs to are not stated. A person has to look.",
            )
        if other is not None:
            made = [c for c in mine if call_problem(bench, c, "1.2")]
            found = misunderstood(labelled, made) if made else None
            if found is not None:
                return found
        lost = diverged(bench, "1.2", function, "") if not wrong and other is None else None
        if lost is not None:
            return lost
        another = svd_for_the_descent(bench, "") or other_rank(bench, "")
        if not wrong and other is None and another is None:
            return unstated(bench, "No loss was found", "1.2")
        return Finding(
            outcome=Outcome.FAIL,
            message=other.sentence
            if other is not None
            else "There is no correct factorisation that a loss could belong to.",
        )
    others = [
        candidate
        for candidate in stated_by(bench)
        if candidate.is_product and not is_factorisation(candidate)
    ]
    fine = (number for number in numbers if number.half_width <= COARSEST)
    found = misunderstood((*labelled, *fine), accepted, others)
    if found is not None:
        return found
    if not labelled:
        return Finding(
            outcome=Outcome.MISSING,
            message="No loss of the stated factorisation was found.",
            wanted=f"{low_rank.loss(A, accepted[0].P):.4f}, the sum of the 9 squared differences",
        )
    typo = mistyped(bench.stated_values)
    return does_not_follow(labelled[0], accepted[0], f" {typo}" if typo else "")


def _belied(number: StatedValue, behind: StatedValue) -> Finding:
    return Finding(
        outcome=Outcome.FAIL,
        message=f"{number_text(number)} is right to its digits, but the number that the program has for it, "
        f"{number_text(behind)}, is another one.",
        got=number_text(behind),
    )


def _among_too_many(number: StatedValue) -> Finding:
    return Finding(
        outcome=Outcome.MANUAL,
        message=f"{number_text(number)} fits, but so many numbers are stated that one of them would always fit. A "
        "person has to look.",
    )


def _is_meant(number: StatedValue) -> bool:
    """Whether a number has the digits to be an error: two decimals where it is called one, else four."""
    return number.half_width <= (COARSEST if is_called_loss(number) else FINE)


# --- 2.1 --------------------------------------------------------------------------------------------------


def stated_best(bench: Bench) -> Candidate | None:
    """The best rank-2 matrix of A where it is stated, else None."""
    return next((candidate for candidate in answers_for(bench, "2.1") if is_best(candidate)), None)


def error_check(
    exercise: str, needs: tuple[str, ...], returned: Callable[[Bench], tuple[StatedValue, ...]]
) -> Check:
    """That the error of the best rank-2 matrix is stated; `returned` gives what the function itself returns."""

    def run(bench: Bench) -> Finding:
        numbers = (*numbers_for(bench, "2.1"), *returned(bench))
        belied: Finding | None = None
        exact = low_rank.Interval(OPTIMUM, OPTIMUM)
        root = low_rank.Interval(OPTIMUM**0.5, OPTIMUM**0.5)
        for number in numbers:
            behind = other_error_behind(bench, number) if is_within(number, exact) else None
            if behind is not None and _is_meant(number):
                belied = belied or _belied(number, behind)
            elif is_within(sharpened(number), exact) and _is_meant(number):
                if fits_by_chance(filter(_is_meant, numbers), 0.0, 1.0):
                    return _among_too_many(number)
                return Finding(
                    outcome=Outcome.PASS, message=f"{number_text(number)} is σ₃², the minimum loss of rank 2."
                )
        for number in numbers:
            squared = _SQUARED.search(number.name)
            if is_within(number, root) and _is_meant(number) and is_called_loss(number) and not squared:
                return Finding(
                    outcome=Outcome.PASS,
                    message=f"{number_text(number)} is σ₃, the Frobenius norm of the error (its square is {OPTIMUM:.4f}).",
                    notes=(
                        "The error of 2.1 is stated as a norm; to compare it with the loss of 1.2, square it.",
                    ),
                )
        if belied is not None:
            return belied
        labelled = [number for number in numbers if is_called_loss(number)]
        best = Candidate(BEST, np.zeros(A.shape), "the best matrix of rank 2", False)
        mistaken = misunderstood(
            (n for n in labelled if n.half_width <= 5e-4 and abs(number_of(n)) > COARSEST), [best]
        )
        if mistaken is not None:
            return mistaken
        mean = low_rank.Interval(OPTIMUM / 9, OPTIMUM / 9)
        for number in numbers:
            if is_within(number, mean) and number.half_width <= 5e-4:
                return Finding(
                    outcome=Outcome.FAIL,
                    message=f"{number_text(number)} is the mean of the squared differences, a ninth of the error.",
                    got=number_text(number),
                    wanted=f"{OPTIMUM:.4f}, their sum",
                )
        return unstated(bench, "The error of the reconstruction was not found", "2.1", f"{OPTIMUM:.4f} = σ₃²")

    return Check(
        f"{exercise}-error",
        "The error of the reconstruction is stated and is the smallest possible",
        run,
        needs,
        tolerance="the rounding of the stated digits",
    )
