"""Compare returned values with expected ones, entry by entry; report the call that shows a difference."""

from collections.abc import Callable, Iterable
from typing import TypeVar

import numpy as np
import numpy.typing as npt

from grader.lab import Bench, Finding, Function, Outcome, Probe, Value, call_text
from grader.labkit.returned_values import array_text, format_matrix, returned

__all__ = ["agrees", "probe_text"]

Context = TypeVar("Context")
Case = TypeVar("Case")
Array = npt.NDArray[np.float64]

DIGITS = 6
"""Decimals in a message: as many as float32 stores for numbers near 1."""


def agrees(
    function: Function,
    probe: Callable[[Case], Probe],
    tolerance: float,
    cases: Callable[[Context], Iterable[Case]],
    got: Callable[[Value, Case], Array],
    wanted: Callable[[Value, Case], Array],
    message: str,
) -> Callable[[Context, Bench], Finding]:
    """A check that every case gives the expected array; `message` introduces the first case that does not.

    `probe` makes the call of a case, `got` reads an array from its result, `wanted` computes the expected
    array. Both arrays must be finite and of the same shape; `got` and `wanted` raise UnusableResult
    otherwise. The tolerance is relative to the largest expected entry, or absolute if that is below 1.
    """

    def run(context: Context, bench: Bench) -> Finding:
        asked = [(case, probe(case)) for case in cases(context)]
        bench.expect([call for _, call in asked])
        for case, call in asked:
            value = returned(bench.observe(call))
            theirs, ours = got(value, case), wanted(value, case)
            if (np.abs(theirs - ours) > tolerance * float(np.abs(ours).max(initial=1.0))).any():
                return Finding(
                    outcome=Outcome.FAIL,
                    message=message,
                    got=format_matrix(theirs, DIGITS),
                    wanted=format_matrix(ours, DIGITS),
                    tolerance=f"{tolerance:g}",
                    call=probe_text(function, bench, call),
                )
        return Finding(outcome=Outcome.PASS)

    return run


def probe_text(function: Function, bench: Bench, probe: Probe) -> str:
    """The call as a student can paste it below their own code; empty if they have no such function."""
    located = bench.locate(function)
    if located is None:
        return ""
    given = {
        name: array_text(str(value.tolist()), located) if isinstance(value, np.ndarray) else repr(value)
        for name, value in probe.arguments.items()
    }
    return call_text(function, located, given)
