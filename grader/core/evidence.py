"""Evidence shown beside a verdict: small matrices, curves, the student's own lines, stated values.

These plain values say what to draw and in which words, without knowing what a matrix stands for. A lab makes
them and `reporting` draws them; each carries the text alternative of its picture.
"""

from typing import TypeAlias

import msgspec

__all__ = [
    "Answer",
    "CheckedValue",
    "Counterexample",
    "Curve",
    "Excerpt",
    "Grid",
    "HeatMaps",
    "Level",
    "LinePlot",
    "Picture",
    "Quote",
]


class _Frozen(msgspec.Struct, frozen=True, kw_only=True):
    """Base of all values here: immutable and slotted."""


class Grid(_Frozen, frozen=True, kw_only=True):
    """A small matrix to show, `rows` × columns; a vector has one row. `None` stands for a non-finite number."""

    name: str
    """Its name."""
    rows: tuple[tuple[float | None, ...], ...]
    """The entries, row by row."""
    marked: tuple[tuple[int, int], ...] = ()
    """Cells (row, column) to mark, such as the first that differs."""
    hidden: tuple[tuple[int, int], ...] = ()
    """Cells that a mask hides."""


class Counterexample(_Frozen, frozen=True, kw_only=True):
    """The smallest input found on which two results differ, with both results."""

    sentence: str
    """What the example shows, e.g. the first entry that differs, with both values."""
    call: str
    """The call, which a student can paste below their own code."""
    given: tuple[Grid, ...] = ()
    """The input and the start."""
    wanted: tuple[Grid, ...] = ()
    """The result of the sheet's rule."""
    got: tuple[Grid, ...] = ()
    """The result of the student's code."""


class Excerpt(_Frozen, frozen=True, kw_only=True):
    """Lines of the student's own file; `first` is the original number of the first of them."""

    file: str
    """The student's file."""
    first: int
    """The original number of the first line shown."""
    code: str
    """The lines."""
    marked: tuple[int, ...] = ()
    """The original numbers of the lines to mark."""


class Curve(_Frozen, frozen=True, kw_only=True):
    """A line through points, in ascending order of x."""

    name: str
    """Its name."""
    points: tuple[tuple[float, float], ...]
    """Pairs of x and y."""


class Level(_Frozen, frozen=True, kw_only=True):
    """A named horizontal line, such as a bound."""

    name: str
    """Its name."""
    value: float
    """Its y value."""


class LinePlot(_Frozen, frozen=True, kw_only=True, tag="lines"):
    """Curves over common axes; both axes are logarithmic if `logarithmic`."""

    title: str
    """The subject."""
    alternative: str
    """The text alternative of the picture."""
    x_label: str
    """The label of the x axis."""
    y_label: str
    """The label of the y axis."""
    curves: tuple[Curve, ...]
    """The curves."""
    levels: tuple[Level, ...] = ()
    """Horizontal lines."""
    logarithmic: bool = True
    """Whether both axes are logarithmic."""


class HeatMaps(_Frozen, frozen=True, kw_only=True, tag="heat"):
    """Matrices side by side, on one common colour scale."""

    title: str
    """The subject."""
    alternative: str
    """The text alternative of the picture."""
    grids: tuple[Grid, ...]
    """The matrices, side by side."""


Picture: TypeAlias = LinePlot | HeatMaps


class CheckedValue(_Frozen, frozen=True, kw_only=True):
    """A value that a student states, and the result of checking it."""

    what: str
    """What the value was taken for, e.g. `loss of U and V`."""
    stated: str
    """The stated value."""
    origin: str
    """Its location, e.g. `report.tex line 40`."""
    recomputed: str = ""
    """The recomputed value."""
    holds: bool | None = None
    """None if there was nothing to check it against."""
    difference: str = ""
    """By how much the value holds or fails, with the tolerance."""


class Quote(_Frozen, frozen=True, kw_only=True):
    """A passage that the student wrote in words, and its location."""

    text: str
    """The text, on one line."""
    origin: str
    """Its location, e.g. `report.md line 12`."""


class Answer(_Frozen, frozen=True, kw_only=True):
    """A student's answer to a question that a person marks. It helps the person and decides nothing."""

    check: str
    """The id of the check that waits for the person."""
    question: str
    """The question on the sheet."""
    quotes: tuple[Quote, ...]
    """The passages that seem to answer it, in order."""
    mentioned: tuple[str, ...] = ()
    """The ideas of a good answer that the passages mention."""
