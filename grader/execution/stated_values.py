"""Numbers and matrices that a student states: left in variables, or printed.

This module only reads them: the lab decides whether a value is right. A printed value carries half a unit of
its last digit, so that a lab can judge it by intervals instead of guessed tolerances.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import islice
from typing import Final

import numpy as np

from grader import protocol
from grader.core.observation import FoundIn, StatedValue
from grader.core.submission import Passage, Source
from grader.lab.arrays import array_of
from grader.sources.headings import headings, title_below
from grader.sources.stated_text import MAX_ENTRIES, MAX_STATED_VALUES, Stated, stated_in

__all__ = [
    "MAX_STATED_VALUES",
    "MAX_VARIABLES",
    "from_replaced",
    "from_source",
    "from_text",
    "from_variables",
    "of_passage",
    "of_printed",
    "of_shown",
    "printed_line",
    "stating",
]

MAX_VARIABLES: Final = 10_000
"""The most numbers and matrices taken from all variables of a program."""


def from_variables(variables: Iterable[protocol.Variable]) -> Iterator[StatedValue]:
    """Yield the numbers and matrices in top-level variables, also inside tuples, lists and dicts."""
    found = (
        stated_value for variable in variables for stated_value in _of_value(variable.name, variable.value)
    )
    return islice(found, MAX_VARIABLES)


def _of_value(name: str, value: protocol.Value, depth: int = 0) -> Iterator[StatedValue]:
    array = array_of(value)
    if array is not None and array.ndim <= 2 and array.size <= MAX_ENTRIES:
        yield StatedValue(array, 0.0, name, f"variable `{name}`", found_in=FoundIn.VARIABLE)
    elif isinstance(value, protocol.Items) and depth < 2 and len(value.items) <= 50:
        for number, item in enumerate(value.items):
            key = f".{value.names[number]}" if number < len(value.names) else f"[{number}]"
            yield from _of_value(f"{name}{key}", item, depth + 1)


def from_replaced(replaced: Iterable[protocol.RecordedValue], program: Source) -> Iterator[StatedValue]:
    """Yield what no variable holds any more: what one held before, and products inside an expression."""
    for each in replaced:
        array = array_of(each.value)
        if array is not None and array.ndim <= 2 and array.size <= MAX_ENTRIES:
            where = program.place(each.line).words
            origin = f"variable `{each.name}` before {where}" if each.name else f"computed in {where}"
            yield StatedValue(array, 0.0, each.name, origin, found_in=FoundIn.VARIABLE)


def from_source(source: Source) -> Iterator[StatedValue]:
    """Yield the values stated in a report's text and in saved output, read in this process."""
    title = ""
    for number, passage in enumerate(stating(source)):
        yield from of_passage(passage, stated_in(passage.text), number, title)
        title = title_below(passage.text, title)


def stating(source: Source) -> tuple[Passage, ...]:
    """The passages of a source that state something; comments in code state nothing."""
    return tuple(passage for passage in source.passages if passage.kind != "comment")


def of_passage(
    passage: Passage, stated: Iterable[Stated], text: int = 0, title: str = ""
) -> Iterator[StatedValue]:
    """Yield the values stated in a passage, the text of this number below this title, with their locations."""
    places = passage.places

    def where(line: int) -> str:
        place = places[min(line, len(places)) - 1]
        return f"{place.file} {place.words}"

    titles = headings(passage.text, title)
    return (_stated_value(each, where(each.line), FoundIn.WRITTEN, titles, text) for each in stated)


def printed_line(line: int) -> str:
    """The location of a value that the program printed."""
    return f"printed, line {line}"


def of_printed(stated: Stated, titles: Sequence[str] = (), text: int = 0) -> StatedValue:
    """Convert a value found in what a program printed; `titles` are those of its lines."""
    return _stated_value(stated, printed_line(stated.line), FoundIn.PRINTED, titles, text)


def of_shown(stated: Stated, where: Callable[[int], str], text: int) -> StatedValue:
    """Convert a value found in the title of a plot or in the log; `where` gives the location of a line of the text."""
    return _stated_value(stated, where(stated.line), FoundIn.SHOWN, (), text)


def from_text(text: str) -> Iterator[StatedValue]:
    """Yield the values stated in printed text, read in this process."""
    return map(of_printed, stated_in(text))


def _stated_value(
    stated: Stated, origin: str, found_in: FoundIn, titles: Sequence[str], text: int
) -> StatedValue:
    values = np.array(stated.values, np.float64).reshape(stated.shape)
    return StatedValue(
        values,
        stated.half_width,
        stated.name,
        origin,
        found_in=found_in,
        text=text,
        line=stated.line,
        heading=titles[stated.line - 1] if stated.line <= len(titles) else "",
    )
