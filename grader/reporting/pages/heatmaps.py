"""Layout of heat maps for SVG: cells, colours on one common scale, and legible text colours."""

import math
from collections.abc import Sequence
from typing import Final

from grader.core.evidence import Grid, HeatMaps
from grader.core.model import Frozen
from grader.reporting.evidence_text import cell_text, grid_words, number_text

__all__ = ["Cell", "HeatLayout", "Map", "lay_out"]

CELL_WIDTH: Final = 62
CELL_HEIGHT: Final = 36
MOST_CELLS: Final = 400
# ColorBrewer's RdBu, which people with every type of colour vision can distinguish; the middle is 0.
COLOURS: Final = ("#2166ac", "#67a9cf", "#d1e5f0", "#f7f7f7", "#fddbc7", "#ef8a62", "#b2182b")
LIGHT_INK, DARK_INK = "#ffffff", "#000000"
NO_COLOUR: Final = "#cccccc"
"""The colour of a cell without a finite number."""


class Cell(Frozen, frozen=True, kw_only=True):
    """One cell: its corner, colours and text."""

    x: int
    y: int
    fill: str
    ink: str
    text: str
    hidden: bool
    marked: bool


class Map(Frozen, frozen=True, kw_only=True):
    """One matrix."""

    name: str
    words: str
    width: int
    height: int
    cells: tuple[Cell, ...]


class HeatLayout(Frozen, frozen=True, kw_only=True):
    """Matrices on one scale, which runs from minus to plus `limit`."""

    maps: tuple[Map, ...]
    cell: tuple[int, int]
    limit: str
    scale: tuple[str, ...]
    hides: bool


def lay_out(heat: HeatMaps) -> HeatLayout | None:
    """Lay heat maps out; None if there is no cell, or too many to read."""
    cells = sum(len(row) for grid in heat.grids for row in grid.rows)
    if not 0 < cells <= MOST_CELLS:
        return None
    finite = [
        abs(value)
        for grid in heat.grids
        for row in grid.rows
        for value in row
        if value is not None and math.isfinite(value)
    ]
    limit = max(finite, default=0.0) or 1.0
    return HeatLayout(
        maps=tuple(_map(grid, limit) for grid in heat.grids),
        cell=(CELL_WIDTH, CELL_HEIGHT),
        limit=number_text(limit),
        scale=tuple(colour(i / 4 - 1) for i in range(9)),
        hides=any(grid.hidden for grid in heat.grids),
    )


def _map(grid: Grid, limit: float) -> Map:
    return Map(
        name=grid.name,
        words=grid_words(grid),
        width=CELL_WIDTH * max(map(len, grid.rows), default=0),
        height=CELL_HEIGHT * len(grid.rows),
        cells=tuple(_cells(grid, limit)),
    )


def _cells(grid: Grid, limit: float) -> Sequence[Cell]:
    cells = []
    for r, row in enumerate(grid.rows):
        for c, value in enumerate(row):
            known = value is not None and math.isfinite(value)
            fill = colour(value / limit) if known and value is not None else NO_COLOUR
            cells.append(
                Cell(
                    x=c * CELL_WIDTH,
                    y=r * CELL_HEIGHT,
                    fill=fill,
                    ink=ink_on(fill),
                    text=cell_text(_rounded(value, limit)),
                    hidden=(r, c) in grid.hidden,
                    marked=(r, c) in grid.marked,
                )
            )
    return cells


def _rounded(value: float | None, limit: float) -> float | None:
    """A value that is negligible beside the others is shown as 0, not as a power of ten."""
    if value is None or not math.isfinite(value) or limit < 0.01:
        return value
    return round(value, 4) + 0.0


def colour(share: float) -> str:
    """The colour of a value between −1 and 1, interpolated between the neighbouring fixed colours."""
    position = (max(-1.0, min(1.0, share)) + 1) / 2 * (len(COLOURS) - 1)
    i = min(int(position), len(COLOURS) - 2)
    below, above = _channels(COLOURS[i]), _channels(COLOURS[i + 1])
    mixed = (round(a + (b - a) * (position - i)) for a, b in zip(below, above, strict=True))
    return "#" + "".join(f"{channel:02x}" for channel in mixed)


def ink_on(fill: str) -> str:
    """White or black, whichever has the higher contrast on the colour (WCAG 2.2, relative luminance)."""
    linear = [
        c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4
        for c in (channel / 255 for channel in _channels(fill))
    ]
    luminance = 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
    return DARK_INK if luminance > 0.179 else LIGHT_INK


def _channels(colour_: str) -> tuple[int, ...]:
    return tuple(int(colour_[i : i + 2], 16) for i in (1, 3, 5))
