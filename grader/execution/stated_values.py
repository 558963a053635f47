"""Numbers and matrices that a student states: left in variables, or printed.

Reading only: whether a figure is right is for the lab to say. Printed figures carry the half unit of
their last digit, so that a lab can judge them by intervals instead of by guessed tolerances.
"""

from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Final

import numpy as np
import numpy.typing as npt

from grader import protocol
from grader.core.model import Figure, FoundIn, Passage, Source
from grader.sources.stated_text import MAX_ENTRIES, MAX_FIGURES, Stated, stated_in

__all__ = [
    "MAX_FIGURES",
    "MAX_VARIABLES",
    "array_of",
    "from_source",
    "from_text",
    "from_variables",
    "of_passage",
    "of_printed",
    "printed_line",
    "stating",
]

MAX_VARIABLES: Final = 10_000
"""Numbers and matrices that are taken out of all variables of a program."""


def array_of(value: protocol.Value) -> npt.NDArray[np.float64] | None:
    """The value as float64, where it is a real number, a real array or nested lists of equal length."""
    if isinstance(value, protocol.Number):
        return np.array(value.value, np.float64) if not isinstance(value.value, bool) else None
    if isinstance(value, protocol.Array):
        if value.dtype.startswith("complex"):
            return None
        return np.frombuffer(value.data, dtype=value.dtype).reshape(value.shape).astype(np.float64)
    if isinstance(value, protocol.Items) and value.items and not value.names:
        parts = [array_of(item) for item in value.items]
        if any(part is None for part in parts):
            return None
        whole = [part for part in parts if part is not None]
        if len({part.shape for part in whole}) == 1 and whole[0].ndim < 2:
            return np.stack(whole)
    return None


def from_variables(variables: Iterable[protocol.Variable]) -> Iterator[Figure]:
    """Yield the numbers and matrices held in top-level variables, also inside tuples, lists and dicts."""
    found = (figure for variable in variables for figure in _of_value(variable.name, variable.value))
    return islice(found, MAX_VARIABLES)


def _of_value(name: str, value: protocol.Value, depth: int = 0) -> Iterator[Figure]:
    array = array_of(value)
    if array is not None and array.ndim <= 2 and array.size <= MAX_ENTRIES:
        yield Figure(array, 0.0, name, f"variable `{name}`", found_in=FoundIn.VARIABLE)
    elif isinstance(value, protocol.Items) and depth < 2 and len(value.items) <= 50:
        for number, item in enumerate(value.items):
            key = f".{value.names[number]}" if number < len(value.names) else f"[{number}]"
            yield from _of_value(f"{name}{key}", item, depth + 1)


def from_source(source: Source) -> Iterator[Figure]:
    """Yield what is stated in a report's text and in saved output, read in this very process."""
    for passage in stating(source):
        yield from of_passage(passage, stated_in(passage.text))


def stating(source: Source) -> tuple[Passage, ...]:
    """The passages of a source that state something; comments in code state nothing."""
    return tuple(passage for passage in source.passages if passage.kind != "comment")


def of_passage(passage: Passage, stated: Iterable[Stated]) -> Iterator[Figure]:
    """Yield what is stated in a passage as figures with their places."""
    places = passage.places

    def where(line: int) -> str:
        place = places[min(line, len(places)) - 1]
        return f"{place.file} {place.words}"

    return (_figure(each, where(each.line), FoundIn.WRITTEN) for each in stated)


def printed_line(line: int) -> str:
    """Where a figure was found that the program printed."""
    return f"printed, line {line}"


def of_printed(stated: Stated) -> Figure:
    """What is stated in what a program printed, as a figure."""
    return _figure(stated, printed_line(stated.line), FoundIn.PRINTED)


def from_text(text: str) -> Iterator[Figure]:
    """Yield what is stated in printed text, read in this very process."""
    return map(of_printed, stated_in(text))


def _figure(stated: Stated, origin: str, found_in: FoundIn) -> Figure:
    values = np.array(stated.values, np.float64).reshape(stated.shape)
    return Figure(values, stated.half_width, stated.name, origin, found_in=found_in)
