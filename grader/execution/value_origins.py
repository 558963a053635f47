"""Trace stated values to what made them: the call that returned them, and the value behind printed digits.

A printed value is traced to a value that the program was about to print when it printed that line, or to the last
call before that line that returned it. Both come from the record of the run, which is a statement like the printed
text itself: tracing decides which values belong together and how exactly they are known, never that code is right.
"""

from collections.abc import Iterable, Sequence
from typing import Final, NamedTuple

import msgspec
import numpy as np
import numpy.typing as npt

from grader import protocol
from grader.core.observation import FoundIn, RunCall, StatedValue
from grader.core.submission import Source
from grader.lab.arrays import array_of

__all__ = ["run_calls", "traced"]

Array = npt.NDArray[np.float64]

FLOAT32: Final = 2.0**-23
"""Relative spacing of float32."""

DECIMALS: Final = 5
"""A value whose every entry has no more decimals was rounded on purpose."""

ENOUGH_NUMBERS: Final = 3
"""A vector or matrix of so many printed entries is traced by its digits alone; a single number is not."""


class _Known(NamedTuple):
    """A value of the record: when it was there, and which part of which call it is."""

    printed: int
    array: Array
    call: int | None
    part: int


def run_calls(record: protocol.Record, program: Source, name: str = "") -> tuple[RunCall, ...]:
    """The calls of a program; `name` is the program's, if it is not the graded one."""
    return tuple(
        RunCall(
            name=call.name,
            defined=_place(program, call.defined),
            place=program.place(call.line).words,
            arguments=tuple((argument.name, argument.value) for argument in call.arguments),
            result=call.result,
            printed=call.printed,
            program=name,
        )
        for call in record.calls
    )


def _place(program: Source, line: int) -> tuple[str, str]:
    place = program.place(line)
    return (place.file, place.words) if line else ("", "")


def traced(
    values: Iterable[StatedValue], record: protocol.Record, calls: Sequence[RunCall], first: int
) -> list[StatedValue]:
    """The values with their origins; the program's first call has the number `first` in the load report."""
    returned = [
        _Known(call.printed, array, first + number, part)
        for number, call in enumerate(calls)
        for part, array in enumerate(_parts(call.result))
    ]
    shown = [_Known(each.printed, array, None, 0) for each in record.shown for array in _parts(each.value)]
    return [_traced(value, shown, returned) for value in values]


def _parts(value: protocol.Value) -> list[Array]:
    items = value.items if isinstance(value, protocol.Items) else (value,)
    arrays = [array_of(item) for item in items]
    return [array for array in arrays if array is not None]


def _traced(value: StatedValue, shown: Sequence[_Known], returned: Sequence[_Known]) -> StatedValue:
    exact: Array | None = None
    if value.found_in in (FoundIn.PRINTED, FoundIn.SHOWN):
        before = value.line if value.found_in is FoundIn.PRINTED else None
        behind = _behind(value, shown, before)
        if behind is None and value.values.size >= ENOUGH_NUMBERS:
            behind = _behind(value, returned, before)
        decimals = _decimals(behind.array) if behind is not None else None
        if decimals is not None:
            value = msgspec.structs.replace(value, half_width=max(value.half_width, 0.5 * 10.0**-decimals))
        elif behind is not None:
            exact = behind.array.reshape(value.values.shape)
    stated = value if exact is None else msgspec.structs.replace(value, exact=exact)
    if value.found_in is FoundIn.WRITTEN:
        return stated
    known_exactly = exact if exact is not None else value.values if value.half_width == 0 else None
    if known_exactly is None:
        return stated
    for known in reversed(returned):
        for array in (known.array, known.array.T):
            if array.shape == known_exactly.shape and np.array_equal(array, known_exactly, equal_nan=True):
                return msgspec.structs.replace(stated, call=known.call, part=known.part)
    return stated


def _decimals(array: Array) -> int | None:
    """The decimals to which the program itself rounded the value before it printed it; None if it did not."""
    for decimals in range(DECIMALS + 1):
        rounded = np.round(array, decimals)
        if bool((np.abs(array - rounded) <= FLOAT32 * np.abs(array)).all()):
            return decimals if decimals else None  # whole numbers are exact
    return None


def _behind(value: StatedValue, known: Sequence[_Known], before: int | None) -> _Known | None:
    """What was printed with these digits before a line; what a log shows has no line, and then there may be only one."""
    fitting = [each for each in known if _prints_as(each, value)]
    if before is not None:
        return next((each for each in reversed(fitting) if each.printed < before), None)
    different = {each.array.tobytes() for each in fitting}
    return fitting[-1] if len(different) == 1 else None


def _prints_as(known: _Known, value: StatedValue) -> bool:
    if (
        known.array.size != value.values.size
        or np.squeeze(known.array).shape != np.squeeze(value.values).shape
    ):
        return False
    room = value.half_width * (1 + 1e-6) + FLOAT32 * np.abs(value.values)
    return bool((np.abs(known.array.reshape(value.values.shape) - value.values) <= room).all())
