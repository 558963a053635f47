"""Single numbers that a student states, each judged to its stated digits."""

from collections.abc import Callable, Iterable

import numpy as np

from grader.lab import Bench, Finding, Outcome, StatedValue
from grader.labkit.low_rank import Interval

__all__ = ["is_within", "number_of", "scalars", "states"]


def scalars(stated_values: Iterable[StatedValue]) -> tuple[StatedValue, ...]:
    """Every finite single number that is stated, including tensors with one element."""
    return tuple(
        stated_value
        for stated_value in stated_values
        if stated_value.values.size == 1 and np.isfinite(stated_value.values).all()
    )


def number_of(stated_value: StatedValue) -> float:
    """The value of a single number."""
    return float(stated_value.values.reshape(()))


def is_within(number: StatedValue, interval: Interval) -> bool:
    """Whether the stated digits allow a value in the interval, with a tolerance of six digits for float32."""
    value = number_of(number)
    room = number.half_width + 2e-6 * max(abs(value), abs(interval.high))
    return interval.low - room <= value <= interval.high + room


def states(
    low: float, high: float, coarsest: float, wanted: str, message: str
) -> Callable[[object, Bench], Finding]:
    """A check that a number from `low` to `high` is stated, to within `coarsest` or better.

    Half a unit of its last digit must be at most `coarsest`. If there is no such number, the finding has
    `message`; if the submission states no number at all, the outcome is `missing`.
    """

    def run(context: object, bench: Bench) -> Finding:
        numbers = scalars(bench.stated_values)
        for number in numbers:
            if number.half_width <= coarsest and is_within(number, Interval(low, high)):
                return Finding(outcome=Outcome.PASS, message=f"Found as {number.origin}.")
        return Finding(
            outcome=Outcome.FAIL if numbers else Outcome.MISSING,
            message=message,
            wanted=wanted,
            tolerance="half a unit of the last printed digit",
        )

    return run
