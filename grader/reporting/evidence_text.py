"""Evidence as plain text, for mail, terminals and screen readers: small matrices, lines of code, curves.

The result contains no markup and nothing hostile: invisible characters in student text are shown first.
"""

import math
from collections.abc import Iterable, Sequence
from typing import Final

from grader.core.escaping import visible
from grader.core.evidence import Curve, Excerpt, Grid, LinePlot

__all__ = [
    "beside",
    "cell_text",
    "curve_words",
    "digits_needed",
    "excerpt_lines",
    "grid_lines",
    "grid_words",
    "number_text",
    "sparkline",
]

USUAL_DIGITS: Final = 4
MOST_DIGITS: Final = 9
BLOCKS: Final = "▁▂▃▄▅▆▇█"


def cell_text(value: float | None, digits: int = USUAL_DIGITS) -> str:
    """An entry of a matrix: integers as they are, other numbers with this many decimals, extremes as powers
    of ten."""
    if value is None or not math.isfinite(value):
        return "nan" if value is None or math.isnan(value) else ("inf" if value > 0 else "−inf")
    if value == int(value) and abs(value) < 1e6:
        return str(int(value)).replace("-", "−")
    if abs(value) >= 1e6 or abs(value) < 10.0**-digits:
        return f"{value:.2e}".replace("-", "−")
    return f"{value:.{digits}f}".replace("-", "−")


def number_text(value: float) -> str:
    """A single number with four significant digits, for labels and sentences."""
    if not math.isfinite(value):
        return cell_text(value)
    return f"{value:.4g}".replace("-", "−")


def digits_needed(wanted: Iterable[Grid], got: Iterable[Grid]) -> int:
    """The fewest decimals, at least four, with which every marked entry looks different in both."""
    pairs = [
        (ours.rows[r][c], theirs.rows[r][c])
        for ours, theirs in zip(wanted, got, strict=False)
        for r, c in theirs.marked
        if r < len(ours.rows) and c < len(ours.rows[r])
    ]
    for digits in range(USUAL_DIGITS, MOST_DIGITS):
        if all(x is None or y is None or cell_text(x, digits) != cell_text(y, digits) for x, y in pairs):
            return digits
    return MOST_DIGITS


def grid_lines(grid: Grid, digits: int = USUAL_DIGITS) -> list[str]:
    """A matrix as lines of equal width: its name, then rows in brackets; marked cells `>1.5<`, hidden `(1.5)`."""
    texts = [
        [_dressed(cell_text(value, digits), (r, c), grid) for c, value in enumerate(row)]
        for r, row in enumerate(grid.rows)
    ]
    widths = [max(map(len, column)) for column in zip(*texts, strict=True)]
    name = f"{visible(grid.name)} = "
    middle = (len(texts) - 1) // 2
    return [
        (name if i == middle else " " * len(name))
        + "["
        + " ".join(text.rjust(width) for text, width in zip(row, widths, strict=True))
        + "]"
        for i, row in enumerate(texts)
    ]


def _dressed(text: str, cell: tuple[int, int], grid: Grid) -> str:
    if cell in grid.marked:
        return f">{text}<"
    return f"({text})" if cell in grid.hidden else f" {text} "


def grid_words(grid: Grid, digits: int = USUAL_DIGITS) -> str:
    """A matrix as a sentence to read aloud, row by row."""
    rows = []
    for r, row in enumerate(grid.rows):
        cells = []
        for c, value in enumerate(row):
            marks = " (differs)" * ((r, c) in grid.marked) + " (hidden)" * ((r, c) in grid.hidden)
            cells.append(cell_text(value, digits).replace("−", "minus ") + marks)
        rows.append(f"row {r + 1}: " + ", ".join(cells))
    return f"{visible(grid.name)}. " + "; ".join(rows) + "."


def beside(blocks: Sequence[Sequence[str]], width: int, gap: int = 3) -> list[str]:
    """Blocks of lines side by side; a new band starts if the next block does not fit the width."""
    bands: list[list[Sequence[str]]] = []
    used = 0
    for block in blocks:
        columns = max(map(len, block), default=0)
        if bands and used + gap + columns <= width:
            bands[-1].append(block)
            used += gap + columns
        else:
            bands.append([block])
            used = columns
    lines: list[str] = []
    for band in bands:
        widths = [max(map(len, block), default=0) for block in band]
        for i in range(max(map(len, band))):
            parts = [
                (block[i] if i < len(block) else "").ljust(columns)
                for block, columns in zip(band, widths, strict=True)
            ]
            lines.append((" " * gap).join(parts).rstrip())
        lines.append("")
    return lines[:-1]


def excerpt_lines(excerpt: Excerpt) -> list[str]:
    """Lines of code with their numbers; `>` marks the highlighted ones."""
    code = visible(excerpt.code.expandtabs(4)).rstrip("\n").split("\n")
    width = len(str(excerpt.first + len(code) - 1))
    return [
        f"{'>' if number in excerpt.marked else ' '} {number:>{width}} | {line}".rstrip()
        for number, line in enumerate(code, excerpt.first)
    ]


def sparkline(curve: Curve, columns: int = 32) -> str:
    """The curve as block characters over its points, on a logarithmic scale, the tallest block at its largest
    value."""
    values = [y for _, y in curve.points if math.isfinite(y) and y > 0]
    if len(values) < 2:
        return ""
    picked = [values[round(i * (len(values) - 1) / (columns - 1))] for i in range(columns)]
    logs = [math.log(value) for value in picked]
    low, high = min(logs), max(logs)
    span = (high - low) or 1.0
    return "".join(BLOCKS[min(int((value - low) / span * len(BLOCKS)), len(BLOCKS) - 1)] for value in logs)


def curve_words(plot: LinePlot) -> list[str]:
    """Each curve and each level of a plot in words, with its start and end."""
    said = []
    for curve in plot.curves:
        points = [(x, y) for x, y in curve.points if math.isfinite(y)]
        if points:
            (x0, y0), (x1, y1) = points[0], points[-1]
            said.append(
                f"{visible(curve.name)}: {number_text(y0)} at {visible(plot.x_label)} {x0:g}, "
                f"{number_text(y1)} at {x1:g}"
            )
    return said + [f"{visible(level.name)}: {number_text(level.value)}" for level in plot.levels]
