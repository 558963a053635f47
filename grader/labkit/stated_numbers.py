"""Single numbers that a student states, each judged by the digits it is stated with."""

from collections.abc import Callable, Iterable

import numpy as np

from grader.lab import Bench, Finding, Outcome, StatedValue
from grader.labkit.low_rank import Interval

__all__ = ["is_within", "number_of", "scalars", "states"]


def scalars(stated_values: Iterable[StatedValue]) -> tuple[StatedValue, ...]:
    """Every finite single number stated, also as a tensor with one element."""
    return tuple(
        stated_value
        for stated_value in stated_values
        if stated_value.values.size == 1 and np.isfinite(stated_value.values).all()
    )


def number_of(stated_value: StatedValue) -> float:
    """The value of a single number."""
    return float(stated_value.values.reshape(()))


def is_within(number: StatedValue, interval: Interval) -> bool:
    """Whether the digits stated allow a value in the interval; six digits of float32 are granted."""
    value = number_of(number)
    room = number.half_width + 2e-6 * max(abs(value), abs(interval.high))
    return interval.low - room <= value <= interval.high + room


def states(
    low: float, high: float, coarsest: float, wanted: str, message: str
) -> Callable[[object, Bench], Finding]:
    """A check that a number from `low` to `high` is stated, with digits enough: half a unit of the last at most `coarsest`.

    Where none is, `message` says so; a submission that states no number at all is missing it.
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
            tolerance="the rounding of the digits printed",
        )

    return run
