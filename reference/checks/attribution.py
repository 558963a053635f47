"""The exercise that a stated value belongs to, by the words before it and the title above it."""

import re
from collections.abc import Iterable
from typing import Final

from grader.lab import StatedValue

__all__ = ["exercise_of", "is_named", "is_numbered"]

_NUMBERED: Final = re.compile(r"(?<![\d.])([123])\.([1-3])(?![\d.]*\d)")
_EXERCISE: Final = re.compile(
    r"(?:exercise|task|part|question|problem|section|aufgabe|teil|ex|q)[\s._#(]{0,3}([123])(?!\d|\.\d\d)"
)
_PAIR: Final = re.compile(
    r"(?:exercise|part|section|task|aufgabe|teil|ex)[\s._#(]{0,3}([123])\W{1,4}"
    r"(?:question|part|task|problem|teil|q)[\s._#(]{0,3}([1-3])(?![\d.])"
)
"""`part 1, question 2` is 1.2."""
_TOPICS: Final = (
    (
        "3.2",
        re.compile(r"mask|complet|hidden|missing|observed|imput|unknown|vervollst|maskier|verdeckt|fehlend"),
    ),
    ("2.1", re.compile(r"svd|singular|singulär|truncat|eckart|σ|sigma|best[ _]rank|beste")),
    ("1.2", re.compile(r"sgd|factoris|factoriz|faktoris|gradient|descent|abstieg")),
)
_OF_FIRST_DIGIT: Final = {"1": "1.2", "2": "2.1", "3": "3.2"}


def exercise_of(value: StatedValue) -> str:
    """`1.2`, `2.1` or `3.2`; empty if the words do not say it, or say several.

    The number of an exercise counts more than a topic; of topics, the words before the value count first.
    """
    words = value.name.lower(), value.heading.lower()
    if value.values.size == 1 and not _numbered(words[0]) and _topic(words[0]):
        return _topic(words[0])  # the row of a table says more of its number than the title of the table
    numbered = {exercise for exercise in map(_numbered, words) if exercise}
    if numbered:
        return numbered.pop() if len(numbered) == 1 else ""  # a section may speak of another exercise
    return _first(map(_topic, words))


def is_numbered(value: StatedValue) -> bool:
    """Whether the words before a value or the title above it name an exercise by its number."""
    return any(_numbered(words) for words in (value.name.lower(), value.heading.lower()))


def is_named(value: StatedValue, exercise: str) -> bool:
    """Whether the words before a value or the title above it have a full number of this exercise: `1.2`, not `Part 1`."""
    return any(_in_full(words) == {exercise} for words in (value.name.lower(), value.heading.lower()))


def _in_full(words: str) -> set[str]:
    return {_OF_FIRST_DIGIT[first] for first, _ in _NUMBERED.findall(_PAIR.sub(r"\1.\2", words))}


def _first(exercises: Iterable[str]) -> str:
    return next((exercise for exercise in exercises if exercise), "")


def _numbered(words: str) -> str:
    numbers = _in_full(words) or {_OF_FIRST_DIGIT[first] for first in _EXERCISE.findall(words)}
    return numbers.pop() if len(numbers) == 1 else ""


def _topic(words: str) -> str:
    topics = {exercise for exercise, topic in _TOPICS if topic.search(words)}
    if topics == {"3.2", "1.2"}:
        return "3.2"  # a masked descent is the one of 3.2
    return topics.pop() if len(topics) == 1 else ""
