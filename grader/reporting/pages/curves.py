"""Layout of line plots for SVG: axes, ticks, paths, and labels that do not overlap.

Everything here is arithmetic; `pictures.html` draws it. Lengths are in the user units of the view box.
"""

import math
from typing import Final

from grader.core.evidence import LinePlot
from grader.core.model import Frozen
from grader.reporting.evidence_text import number_text

__all__ = ["Label", "PlotLayout", "Tick", "lay_out"]

WIDTH: Final = 580
HEIGHT: Final = 250
LEFT: Final = 76
RIGHT: Final = 150
"""Room for the labels at the ends of the lines."""
TOP: Final = 12
BOTTOM: Final = 40
LABEL_GAP: Final = 17
MOST_DECADES: Final = 9


class Tick(Frozen, frozen=True, kw_only=True):
    """A tick of an axis: its position along the axis, and its text."""

    at: float
    text: str


class Label(Frozen, frozen=True, kw_only=True):
    """A labelled line: the height of its end, and the height of its label."""

    kind: str
    """`curve0`, `curve1`, … or `level`."""
    name: str
    value: str
    end_x: float
    end_y: float
    y: float


class PlotLayout(Frozen, frozen=True, kw_only=True):
    """The layout of a plot."""

    width: int
    height: int
    left: float
    right: float
    top: float
    bottom: float
    x_ticks: tuple[Tick, ...]
    y_ticks: tuple[Tick, ...]
    paths: tuple[tuple[str, str], ...]
    """Kind and SVG path of each curve."""
    levels: tuple[float, ...]
    labels: tuple[Label, ...]


class _Axis:
    """A scale from values to user units, logarithmic or not."""

    def __init__(self, low: float, high: float, start: float, end: float, logarithmic: bool) -> None:
        self._logarithmic = logarithmic
        low, high = self._scaled(low), self._scaled(high)
        room = max(0.5, 1e-6 * abs(low))
        if high - low < 1e-6 * room:
            low, high = low - room, high + room
        self.low, self.high = low, high
        self._start, self._step = start, (end - start) / (high - low)

    def _scaled(self, value: float) -> float:
        return math.log10(value) if self._logarithmic else value

    def at(self, value: float) -> float:
        return round(self._start + (self._scaled(value) - self.low) * self._step, 1)

    def ticks(self) -> tuple[Tick, ...]:
        """About five ticks: powers of ten if there are enough, otherwise round numbers."""
        values = self._powers() if self._logarithmic else self._round_numbers()
        return tuple(Tick(at=self.at(value), text=_tick_text(value)) for value in values)

    def _powers(self) -> list[float]:
        first, last = math.ceil(self.low - 1e-9), math.floor(self.high + 1e-9)
        every = max(1, math.ceil((last - first + 1) / 5))
        powers = [10.0**k for k in range(first, last + 1, every)]
        if len(powers) >= 3:
            return powers
        fine = [m * 10.0**k for k in range(first - 1, last + 1) for m in (1, 2, 5)]
        return [value for value in fine if self.low - 1e-9 <= math.log10(value) <= self.high + 1e-9]

    def _round_numbers(self) -> list[float]:
        rough = (self.high - self.low) / 4
        step = 10.0 ** math.floor(math.log10(rough))
        step *= next(m for m in (1, 2, 5, 10) if m * step >= rough)
        first = math.ceil(self.low / step - 1e-9)
        return [k * step for k in range(first, math.floor(self.high / step + 1e-9) + 1)]


def lay_out(plot: LinePlot) -> PlotLayout | None:
    """Lay a plot out; None if it contains no line. On logarithmic axes, only positive points are drawn."""
    curves = [
        (f"curve{i}", curve.name, _drawable(curve.points, plot.logarithmic))
        for i, curve in enumerate(plot.curves)
    ]
    curves = [(kind, name, points) for kind, name, points in curves if len(points) >= 2]
    if not curves:
        return None
    levels = [level for level in plot.levels if _can_be_drawn(level.value, plot.logarithmic)]
    xs = [x for _, _, points in curves for x, _ in points]
    ys = [y for _, _, points in curves for _, y in points] + [level.value for level in levels]
    low, high = min(ys), max(ys)
    if plot.logarithmic:
        low = max(low, high * 10.0**-MOST_DECADES)
        low, high = low / 1.25, high * 1.25
    x_axis = _Axis(min(xs), max(xs), LEFT, WIDTH - RIGHT, plot.logarithmic)
    y_axis = _Axis(low, high, HEIGHT - BOTTOM, TOP, plot.logarithmic)
    clipped = [(kind, name, [(x, max(y, low)) for x, y in points]) for kind, name, points in curves]
    ends = [
        (kind, name, points[-1][1], x_axis.at(points[-1][0]), y_axis.at(points[-1][1]))
        for kind, name, points in clipped
    ]
    ends += [("level", level.name, level.value, WIDTH - RIGHT, y_axis.at(level.value)) for level in levels]
    return PlotLayout(
        width=WIDTH,
        height=HEIGHT,
        left=LEFT,
        right=WIDTH - RIGHT,
        top=TOP,
        bottom=HEIGHT - BOTTOM,
        x_ticks=x_axis.ticks(),
        y_ticks=y_axis.ticks(),
        paths=tuple(
            (kind, "M" + " ".join(f"{x_axis.at(x):g},{y_axis.at(y):g}" for x, y in points))
            for kind, _, points in clipped
        ),
        levels=tuple(y_axis.at(level.value) for level in levels),
        labels=_spread(ends),
    )


def _spread(ends: list[tuple[str, str, float, float, float]]) -> tuple[Label, ...]:
    """Give every label its own height, as near to its line's end as the other labels allow."""
    ordered = sorted(ends, key=lambda end: end[4])
    heights: list[float] = []
    for *_, y in ordered:
        heights.append(max(y, heights[-1] + LABEL_GAP) if heights else max(y, float(TOP + 4)))
    lowest = float(HEIGHT - BOTTOM)
    for i in reversed(range(len(heights))):
        heights[i] = min(heights[i], lowest)
        lowest = heights[i] - LABEL_GAP
    return tuple(
        Label(kind=kind, name=name, value=number_text(value), end_x=x, end_y=end, y=y)
        for (kind, name, value, x, end), y in zip(ordered, heights, strict=True)
    )


def _drawable(points: tuple[tuple[float, float], ...], logarithmic: bool) -> list[tuple[float, float]]:
    return [(x, y) for x, y in points if _can_be_drawn(x, logarithmic) and _can_be_drawn(y, logarithmic)]


def _can_be_drawn(value: float, logarithmic: bool) -> bool:
    return math.isfinite(value) and abs(value) < 1e30 and (value > 1e-30 or not logarithmic)


SUPERSCRIPTS: Final = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")


def _tick_text(value: float) -> str:
    if value == 0 or 1e-3 <= abs(value) < 1e5:
        return f"{value:g}".replace("-", "−")
    exponent = math.floor(math.log10(abs(value)) + 1e-9)
    factor = f"{value / 10.0**exponent:g}"
    power = f"10{str(exponent).translate(SUPERSCRIPTS)}"
    return power if factor == "1" else f"{factor}·{power}"
