"""What a stated number is in place of the loss that the sheet asks for: a mean, a norm, the loss of other matrices."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Final

import numpy as np

from grader.lab import Finding, Outcome, StatedValue
from grader.labkit import is_within, low_rank, number_of
from reference.checks.candidate import OPTIMUM, A, Candidate
from reference.checks.stated_losses import sharpened

__all__ = ["does_not_follow", "misunderstood", "number_text"]

TOLERANCE: Final = "the rounding of the printed digits"


def misunderstood(
    numbers: Iterable[StatedValue], candidates: Sequence[Candidate], others: Sequence[Candidate] = ()
) -> Finding | None:
    """The first number that is something else in place of the loss of a candidate, or the loss of another matrix."""
    relations = [(c, *relation) for c in candidates for relation in _misunderstandings(c)]
    relations += [(candidates[0], o.loss, f"the loss of another product, {o.origin}") for o in others]
    for number in numbers:
        for candidate, interval, meaning in relations:
            if is_within(sharpened(number), interval):
                return Finding(
                    outcome=Outcome.FAIL,
                    message=f"{number_text(number)} is {meaning}.",
                    got=number_text(number),
                    wanted=_sum_of_squares(candidate),
                    tolerance=TOLERANCE,
                )
    return None


def does_not_follow(number: StatedValue, accepted: Candidate, remark: str) -> Finding:
    """The finding on a number that is called the loss and belongs to nothing stated."""
    impossible = (
        " No matrix of rank 2 can have such a small loss (Eckart–Young)."
        if number_of(number) < OPTIMUM * 0.999
        else ""
    )
    return Finding(
        outcome=Outcome.FAIL,
        message=f"{number_text(number)} does not follow from the stated matrices.{impossible}{remark}",
        got=number_text(number),
        wanted=_sum_of_squares(accepted),
        tolerance=TOLERANCE,
    )


def number_text(number: StatedValue) -> str:
    """A stated number and where it stands."""
    return f"{number_of(number):.6g} ({number.origin})"


def _sum_of_squares(candidate: Candidate) -> str:
    return f"{low_rank.loss(A, candidate.P):.4f}, the sum of the 9 squared differences"


def _misunderstandings(candidate: Candidate) -> Iterator[tuple[low_rank.Interval, str]]:
    """What may be stated in place of the loss, in words."""
    low, high = candidate.loss
    yield (
        low_rank.Interval(low / 9, high / 9),
        "the mean of the squared differences (a ninth of the loss); the sheet asks for their sum",
    )
    yield (
        low_rank.Interval(low**0.5, high**0.5),
        "the norm itself (the root of the loss); the sheet asks for its square",
    )
    yield low_rank.Interval(low / 2, high / 2), "half the loss"
    summed = float((A - candidate.P).sum())
    room = float(candidate.half_width.sum())
    nearest = max(abs(summed) - room, 0.0)
    yield (
        low_rank.Interval(nearest**2, (abs(summed) + room) ** 2),
        "the square of the summed differences; the sheet squares each difference and adds up",
    )
    yield (
        low_rank.Interval((low / 9) ** 0.5, (high / 9) ** 0.5),
        "the root of the mean of the squared differences; the sheet asks for their sum",
    )
    absolute = float(np.abs(A - candidate.P).sum())
    yield (
        low_rank.Interval(absolute - room, absolute + room),
        "the sum of the absolute differences; the sheet asks for the sum of their squares",
    )
    yield (
        candidate.observed_loss,
        "the loss over only the cells observed in 3.2; here all nine count",
    )
