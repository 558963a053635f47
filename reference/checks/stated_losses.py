"""Which of the stated numbers can be the loss of an exercise, and of which matrices a number is the loss.

A number belongs to the exercise that the words say, or else to the matrices next above and next below it.
"""

from collections.abc import Callable, Sequence, Set
from typing import Final, NamedTuple

import msgspec
import numpy as np

from grader.lab import Bench, Fact, FoundIn, StatedValue
from grader.labkit import is_within, low_rank, number_of, scalars
from reference.checks.attribution import exercise_of, is_numbered
from reference.checks.candidate import OPTIMUM, A, Candidate
from reference.checks.loss_names import is_called_loss
from reference.checks.stated_answers import candidates_with_calls, exercise_shown
from reference.checks.stated_matrices import is_factorisation, is_given

__all__ = ["is_loss_of", "numbers_for", "other_error_behind", "other_loss_behind", "sharpened"]

DECIMALS: Final = 6
"""A number with no more decimals was rounded by the program before it was shown."""

FINE: Final = 5.1e-4
"""Half a unit of three decimals: where nothing is called a loss, a shown number with so many may be one."""

_UNKNOWN: Final = ""
"""The exercise of a matrix that is none of the lab's results: a wrong one, or something else."""

WITH_A_LOSS: Final = frozenset({"1.2", "2.1"})
"""The exercises that ask for one."""

Position = tuple[int, int]
"""A text and a line in it."""


class _Anchor(NamedTuple):
    """Where a matrix is shown, and of which exercise it is."""

    position: Position
    exercise: str


class _Number(NamedTuple):
    """A shown number, the exercises it may belong to, and those of the matrices above and below it."""

    value: StatedValue
    possible: frozenset[str]
    above: str | None
    below: str | None
    is_said: bool
    is_loss: bool


_SHOWN: Final = Fact[tuple[_Number, ...]]("shown numbers with their exercises")


def numbers_for(bench: Bench, exercise: str) -> tuple[StatedValue, ...]:
    """The numbers that can be the loss of an exercise: those shown as such, or else those that belong to no other."""
    shown = bench.learned.once(_SHOWN, lambda: tuple(_placed(bench)))
    for mine in (
        [number for number in shown if exercise in number.possible],
        [number for number in shown if number.above == _UNKNOWN and not number.is_said],
    ):
        if any(number.is_loss for number in mine):
            # A run and a report of it are each asked for itself what carries the exercise's number.
            labelled = {n.value.found_in for n in mine if n.is_loss and is_numbered(n.value)}
            return tuple(n.value for n in mine if is_numbered(n.value) or n.value.found_in not in labelled)
    return tuple(n for n in scalars(bench.stated_values) if exercise_of(n) in ("", exercise))


def _placed(bench: Bench) -> list[_Number]:
    """The shown numbers with the exercises of the matrices they stand with."""
    numbers = [number for number in scalars(bench.stated_values) if number.text >= 0]
    anchors = sorted(_anchors(bench))
    any_called = any(map(is_called_loss, numbers))
    found: list[_Number] = []
    for number in numbers:
        said = exercise_of(number)
        place = (number.text, number.line)
        above = [anchor.exercise for anchor in anchors if anchor.position <= place][-1:]
        below = [anchor.exercise for anchor in anchors if anchor.position > place][:1]
        found.append(
            _Number(
                number,
                frozenset({said}) if said else frozenset((*above, *below)),
                said or next(iter(above), None),
                said or next(iter(below), None),
                bool(said),
                is_called_loss(number) if any_called else number.half_width <= FINE,
            )
        )
    return _as_laid_out(found, {anchor.exercise for anchor in anchors} & WITH_A_LOSS)


def _as_laid_out(numbers: list[_Number], exercises: Set[str]) -> list[_Number]:
    """Each number with its one exercise, if all losses can stand below their matrices, or all above, and not both."""
    losses = [number for number in numbers if number.is_loss]
    all_below = exercises <= {number.above for number in losses}
    all_above = exercises <= {number.below for number in losses}
    if len(exercises) < len(WITH_A_LOSS) or all_below == all_above:
        return numbers
    return [
        number._replace(possible=frozenset({(number.above if all_below else number.below) or _UNKNOWN}))
        for number in numbers
    ]


def _anchors(bench: Bench) -> set[_Anchor]:
    """Where matrices are shown, but for what the sheet gives, and for what is left of A."""
    found = [
        (candidate, exercise_shown(bench, candidate))
        for candidate in candidates_with_calls(bench)
        if candidate.position[0] >= 0 and not is_given(candidate)
    ]
    known = [candidate for candidate, exercise in found if exercise]
    return {
        _Anchor(candidate.position, exercise)
        for candidate, exercise in found
        if exercise or not (candidate.is_product or _is_residual(candidate, known))
    }


def _is_residual(candidate: Candidate, known: Sequence[Candidate]) -> bool:
    """Whether it is the difference between A and a result, or its squares."""
    for result in known:
        residual = A - result.P
        width = candidate.half_width + result.half_width
        for left in (residual, -residual, residual**2):
            if bool((np.abs(candidate.P - left) <= width * (1 + 2 * np.abs(residual))).all()):
                return True
    return False


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


def other_loss_behind(bench: Bench, number: StatedValue, accepted: Sequence[Candidate]) -> StatedValue | None:
    """The loss of 1.2 that the program has behind the digits of a report, if it is another one; None if it can be right."""
    computed = [c for c in _computed(bench) if any(_is_same(c, each) for each in accepted)]
    return _other_behind(bench, number, "1.2", computed, _is_optimum) if computed else None


def other_error_behind(bench: Bench, number: StatedValue) -> StatedValue | None:
    """The error of 2.1 that the program has behind the digits of a report, if it is another one; None if it can be right."""
    losses = [candidate for candidate in _computed(bench) if is_factorisation(candidate)]

    def is_of_1_2(each: StatedValue) -> bool:
        return any(is_loss_of(each, candidate) for candidate in losses)

    return _other_behind(bench, number, "2.1", (), is_of_1_2)


def _other_behind(
    bench: Bench,
    number: StatedValue,
    exercise: str,
    computed: Sequence[Candidate],
    is_of_another: Callable[[StatedValue], bool],
) -> StatedValue | None:
    """The digits of a report may fit where those of the number behind them do not. One such number, kept and shown, may be
    that of the other exercise; without `computed` matrices, the right one is the minimum loss."""
    if number.is_computed:
        return None
    kept = [
        each
        for each in scalars(bench.stated_values)
        if (each.found_in is FoundIn.VARIABLE or each.exact is not None)
        and exercise_of(each) in ("", exercise)
        and abs(number_of(each) - number_of(number)) <= number.half_width * (1 + 1e-6)
    ]
    others = {each.found_in: each for each in kept if is_of_another(each)}
    own = [each for each in kept if all(each is not one for one in others.values())]
    right = any(is_loss_of(each, c) for each in own for c in computed) or (
        not computed and any(map(_is_optimum, own))
    )
    return own[0] if own and not right else None


def _is_optimum(number: StatedValue) -> bool:
    return is_within(sharpened(number), low_rank.Interval(OPTIMUM, OPTIMUM))


def _computed(bench: Bench) -> list[Candidate]:
    return [candidate for candidate in candidates_with_calls(bench) if candidate.is_computed]


def _is_same(computed: Candidate, written: Candidate) -> bool:
    """Whether a program computed the matrix that a report states."""
    return bool((np.abs(computed.P - written.P) <= computed.half_width + written.half_width).all())
