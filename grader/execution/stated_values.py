"""Numbers and matrices that a student states: left in variables, or printed.

This module only reads them: the lab decides whether a value is right. A printed value carries half a unit of
its last digit, so that a lab can judge it by intervals instead of guessed tolerances.
"""

from collections.abc import Callable, Iterable, Iterator
from itertools import islice
from typing import Final

import numpy as np

from grader import protocol
from grader.core.model import Figure, Passage, Source
from grader.lab.arrays import array_of
from grader.sources.stated_text import MAX_ENTRIES, MAX_FIGURES, Stated, stated_in

__all__ = [
    "MAX_FIGURES",
    "MAX_VARIABLES",
    "from_source",
    "from_text",
    "from_variables",
    "of_passage",
    "of_stated",
    "printed_line",
    "stating",
]

MAX_VARIABLES: Final = 10_000
"""The most numbers and matrices taken from all variables of a program."""


def from_variables(variables: Iterable[protocol.Variable]) -> Iterator[Figure]:
    """Yield the numbers and matrices in top-level variables, also inside tuples, lists and dicts."""
    found = (figure for variable in variables for figure in _of_value(variable.name, variable.value))
    return islice(found, MAX_VARIABLES)


def _of_value(name: str, value: protocol.Value, depth: int = 0) -> Iterator[Figure]:
    array = array_of(value)
    if array is not None and array.ndim <= 2 and array.size <= MAX_ENTRIES:
        yield Figure(array, 0.0, name, f"variable `{name}`")
    elif isinstance(value, protocol.Items) and depth < 2 and len(value.items) <= 50:
        for number, item in enumerate(value.items):
            key = f".{value.names[number]}" if number < len(value.names) else f"[{number}]"
            yield from _of_value(f"{name}{key}", item, depth + 1)


def from_source(source: Source) -> Iterator[Figure]:
    """Yield the values stated in a report's text and in saved output, read in this process."""
    for passage in stating(source):
        yield from of_passage(passage, stated_in(passage.text))


def stating(source: Source) -> tuple[Passage, ...]:
    """The passages of a source that state something; comments in code state nothing."""
    return tuple(passage for passage in source.passages if passage.kind != "comment")


def of_passage(passage: Passage, stated: Iterable[Stated]) -> Iterator[Figure]:
    """Yield the values stated in a passage, with their locations."""
    places = passage.places

    def where(line: int) -> str:
        place = places[min(line, len(places)) - 1]
        return f"{place.file} {place.words}"

    return (of_stated(each, where) for each in stated)


def printed_line(line: int) -> str:
    """The location of a value that the program printed."""
    return f"printed, line {line}"


def of_stated(stated: Stated, where: Callable[[int], str] = printed_line) -> Figure:
    """Convert a value found in a text; `where` gives the location, in words, of a line counted from 1."""
    values = np.array(stated.values, np.float64).reshape(stated.shape)
    return Figure(values, stated.half_width, stated.name, where(stated.line))


def from_text(text: str, where: Callable[[int], str] = printed_line) -> Iterator[Figure]:
    """Yield the values stated in a text, read in this process."""
    return (of_stated(stated, where) for stated in stated_in(text))
