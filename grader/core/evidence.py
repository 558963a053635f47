"""What is shown beside a verdict: little matrices, curves, the student's own lines, stated figures.

Plain values that say what to draw and in which words, without knowing what a matrix stands for. A lab
makes them, `export/` and `console.py` draw them; each carries the text that stands in for the picture.
"""

from typing import TypeAlias

import msgspec

__all__ = [
    "Answer",
    "Claim",
    "Curve",
    "Excerpt",
    "Grid",
    "HeatMaps",
    "Level",
    "LinePlot",
    "Picture",
    "Quote",
    "Witness",
]


class _Frozen(msgspec.Struct, frozen=True, kw_only=True):
    """Base of all values here: immutable and slotted."""


class Grid(_Frozen, frozen=True, kw_only=True):
    """A small matrix to be shown, `rows` × columns; a vector has one row. `None` is no finite number."""

    name: str
    """What it is called."""
    rows: tuple[tuple[float | None, ...], ...]
    """The entries, row by row."""
    marked: tuple[tuple[int, int], ...] = ()
    """Cells (row, column) to point at, such as the first that differs."""
    hidden: tuple[tuple[int, int], ...] = ()
    """Cells hidden by a mask."""


class Witness(_Frozen, frozen=True, kw_only=True):
    """The smallest input found on which two answers differ, and both answers."""

    sentence: str
    """What to see in it, e.g. the first entry that differs with both values."""
    call: str
    """The call as a student can paste it after their own code."""
    given: tuple[Grid, ...] = ()
    """What goes in, and the start."""
    wanted: tuple[Grid, ...] = ()
    """What the sheet's rule gives."""
    got: tuple[Grid, ...] = ()
    """What the student's code gives."""


class Excerpt(_Frozen, frozen=True, kw_only=True):
    """Lines of the student's own file; `first` is the original number of the first of them."""

    file: str
    """The student's file."""
    first: int
    """Original number of the first line shown."""
    code: str
    """The lines."""
    marked: tuple[int, ...] = ()
    """Original numbers of the lines to point at."""


class Curve(_Frozen, frozen=True, kw_only=True):
    """A line through points, x ascending."""

    name: str
    """What it is called."""
    points: tuple[tuple[float, float], ...]
    """Pairs of x and y."""


class Level(_Frozen, frozen=True, kw_only=True):
    """A horizontal line with a name, such as a bound."""

    name: str
    """What it is called."""
    value: float
    """Where it lies."""


class LinePlot(_Frozen, frozen=True, kw_only=True, tag="lines"):
    """Curves over common axes, both logarithmic where `logarithmic`."""

    title: str
    """What it is about."""
    alternative: str
    """What the picture shows, for those who do not see it."""
    x_label: str
    """What runs along."""
    y_label: str
    """What runs up."""
    curves: tuple[Curve, ...]
    """The curves."""
    levels: tuple[Level, ...] = ()
    """Horizontal lines."""
    logarithmic: bool = True
    """Whether both axes are logarithmic."""


class HeatMaps(_Frozen, frozen=True, kw_only=True, tag="heat"):
    """Matrices side by side, coloured on one common scale."""

    title: str
    """What it is about."""
    alternative: str
    """What the picture shows, for those who do not see it."""
    grids: tuple[Grid, ...]
    """The matrices, side by side."""


Picture: TypeAlias = LinePlot | HeatMaps


class Claim(_Frozen, frozen=True, kw_only=True):
    """One figure a student states, and what became of checking it."""

    what: str
    """What it was taken for, e.g. `loss of U and V`."""
    stated: str
    """What is stated."""
    origin: str
    """Where it stands, e.g. `report.tex line 40`."""
    recomputed: str = ""
    """What it should be."""
    holds: bool | None = None
    """None where there was nothing to check it against."""
    difference: str = ""
    """By how much it holds or fails, with the tolerance."""


class Quote(_Frozen, frozen=True, kw_only=True):
    """Something the student wrote in words, and where."""

    text: str
    """The words, on one line."""
    origin: str
    """Where it stands, e.g. `report.md line 12`."""


class Answer(_Frozen, frozen=True, kw_only=True):
    """What was written in answer to a question that a person marks: an aid to them, which decides nothing."""

    check: str
    """The id of the check that waits for the person."""
    question: str
    """What the sheet asks."""
    quotes: tuple[Quote, ...]
    """What seems to answer it, in its order."""
    mentioned: tuple[str, ...] = ()
    """Ideas of a good answer that the quotations speak of."""
