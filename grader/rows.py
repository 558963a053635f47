"""Matrices that are printed a row at a time: a vector in brackets on each line, or a table of numbers alone."""

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

__all__ = ["Block", "Row", "blocks"]

_AROUND_VECTOR = re.compile(r"(?:tensor|array)?\s*\(?\s*\0\s*(?:,\s*\w+\s*=\s*[\w.<>]+\s*)*\)?\s*,?")
"""What may stand on the line of a vector beside it (here a NUL): `tensor(…, dtype=torch.float64)`."""
_DECIMAL = r"[-+−]?(?:\d+\.\d*|\.\d+)(?:[eE][-+−]?\d+)?"
_TABLE_ROW = re.compile(rf"[|\s]*{_DECIMAL}(?:(?:\s*[,;|&]\s*|\s+){_DECIMAL})+[|;,\s\\]*")


class Row(NamedTuple):
    """A line of numbers: where they begin and end in the text."""

    start: int
    end: int
    is_vector: bool


class Block(NamedTuple):
    """Rows on lines one after another, which may be those of a matrix."""

    rows: tuple[Row, ...]


def blocks(text: str, spans: Sequence[tuple[int, int]]) -> Iterator[Block]:
    """Every two and more lines one after another that hold nothing but a row each; `spans` are the brackets of the text.

    Where the rows can be halved each half may be a matrix too: two of them printed without a word between.
    """
    run: list[Row] = []
    for row in (*_rows(text, spans), None):
        if row is not None and (not run or row.is_vector == run[-1].is_vector):
            run.append(row)
            continue
        if len(run) > 1:
            yield Block(tuple(run))
            if len(run) > 3 and len(run) % 2 == 0:
                yield Block(tuple(run[: len(run) // 2]))
                yield Block(tuple(run[len(run) // 2 :]))
        run = [] if row is None else [row]


def _rows(text: str, spans: Sequence[tuple[int, int]]) -> Iterator[Row | None]:
    """What each line is: a row, or None where it is something else."""
    vectors = {
        start: end for start, end in spans if text.count("[", start, end) == 1 and "\n" not in text[start:end]
    }
    covered = iter(sorted(spans))
    span = next(covered, None)
    position = 0
    for line in text.splitlines(keepends=True):
        start, position = position, position + len(line)
        while span is not None and span[1] <= start:
            span = next(covered, None)
        if span is None or span[0] >= position:
            yield Row(start, position, False) if _TABLE_ROW.fullmatch(line) else None
        elif span[0] in vectors and _AROUND_VECTOR.fullmatch(
            (line[: span[0] - start] + "\0" + line[span[1] - start :]).strip()
        ):
            yield Row(*span, True)
        else:
            yield None
