"""The output of a benchmark: Markdown, which is readable in a terminal and can be saved in a page."""

from collections.abc import Iterable, Sequence
from typing import Final, NamedTuple

__all__ = ["MISSED", "Line", "markdown", "report"]

MISSED: Final = 10
"""The exit status of a benchmark that misses a goal; 0 if all goals hold, anything else is a failure."""


class Line(NamedTuple):
    """One measurement, in words and with its unit, and its goal, if any."""

    what: str
    measured: str
    goal: str = ""
    held: bool | None = None


def markdown(header: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A table with columns as wide as their longest entry; all but the first are right-aligned."""
    lines = [list(header), *(list(row) for row in rows)]
    widths = [max(3, *(len(line[column]) for line in lines)) for column in range(len(header))]
    rule = ["-" * widths[0], *("-" * (width - 1) + ":" for width in widths[1:])]
    return "\n".join(
        "| " + " | ".join(
            entry.ljust(width) if column == 0 else entry.rjust(width)
            for column, (entry, width) in enumerate(zip(line, widths, strict=True))
        ) + " |"
        for line in (lines[0], rule, *lines[1:])
    )  # fmt: skip


def report(lines: Sequence[Line]) -> int:
    """Print the measurements beside their goals; the exit status says whether every goal holds."""
    words = {None: "", True: "yes", False: "**no**"}
    rows = [(line.what, line.measured, line.goal, words[line.held]) for line in lines]
    print(markdown(("", "measured", "goal", "held"), rows))
    return MISSED if any(line.held is False for line in lines) else 0
