"""Matrices printed one row per line: a vector in brackets on each line, or a bare table of numbers."""

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

__all__ = ["Row", "blocks"]

_AROUND_VECTOR = re.compile(r"(?:tensor|array)?+\(?+\0(?:,\w++=[\w.<>]++)*+\)?+,?+")
"""Text allowed beside a vector (here a NUL) on its line, without spaces: `tensor(…,dtype=torch.float64)`."""
_DECIMAL = r"[-+−]?+(?:\d++\.\d*+|\.\d++)(?:[eE][-+−]?\d++)?+"
_TABLE_ROW = re.compile(rf"[|\s]*+{_DECIMAL}(?:(?:\s*+[,;|&]\s*+|\s++){_DECIMAL})++[|;,\s\\]*+")


class Row(NamedTuple):
    """A line of numbers: their start and end in the text."""

    start: int
    end: int
    is_vector: bool


def blocks(text: str, spans: Sequence[tuple[int, int]]) -> Iterator[list[Row]]:
    """Every group of two or more consecutive lines that contain only a row each; `spans` are the brackets of
    the text.

    If the rows can be halved, each half may be a matrix too: two matrices printed without a word between
    them.
    """
    run: list[Row] = []
    for row in (*_rows(text, spans), None):
        if row is not None and (not run or row.is_vector == run[-1].is_vector):
            run.append(row)
            continue
        if len(run) > 1:
            yield run
            if len(run) > 3 and len(run) % 2 == 0:
                yield run[: len(run) // 2]
                yield run[len(run) // 2 :]
        run = [] if row is None else [row]


def _rows(text: str, spans: Sequence[tuple[int, int]]) -> Iterator[Row | None]:
    """Each line as a row, or None if it is something else."""
    covered = iter(sorted(spans))
    span = next(covered, None)
    position = 0
    for line in text.split("\n"):
        start, position = position, position + len(line) + 1
        while span is not None and span[1] <= start:
            span = next(covered, None)
        if span is None or span[0] >= position:
            yield Row(start, position - 1, False) if _TABLE_ROW.fullmatch(line) else None
        elif _is_vector(text, line, start, span):
            yield Row(*span, True)
        else:
            yield None


def _is_vector(text: str, line: str, start: int, span: tuple[int, int]) -> bool:
    """Whether a line that starts there contains one vector and nothing else."""
    if span[0] < start or span[1] > start + len(line) or text.count("[", *span) > 1:
        return False
    around = f"{line[: span[0] - start]}\0{line[span[1] - start :]}"
    return _AROUND_VECTOR.fullmatch("".join(around.split())) is not None
