"""A CSV file that can be filled in and otherwise stays the same, byte for byte.

The `csv` module cannot do that: it forgets which cells were quoted, the line endings and the byte order mark.
"""

import csv
import io
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from grader.core.errors import TableError
from grader.core.model import Frozen

__all__ = ["Sheet", "read_sheet", "sheet"]

_BOM: Final = "\ufeff"
_DELIMITERS: Final = ",;\t"


class Sheet(Frozen, frozen=True):
    """Rows of raw cells, quotes included. `ends[i]` is the line ending of row i."""

    rows: tuple[tuple[str, ...], ...]
    ends: tuple[str, ...]
    delimiter: str
    bom: str = ""

    def value(self, row: int, column: int) -> str:
        """The value of a cell; empty if the row is shorter."""
        cells = self.rows[row]
        return _value(cells[column], self.delimiter) if column < len(cells) else ""

    def column(self, *names: str, row: int = 0) -> int | None:
        """The first column whose heading is one of these, ignoring case; None if there is none."""
        wanted = {name.casefold() for name in names}
        for column in range(len(self.rows[row]) if self.rows else 0):
            if self.value(row, column).strip().casefold() in wanted:
                return column
        return None

    def filled(self, values: Mapping[tuple[int, int], str]) -> bytes:
        """The file with these cells (row, column) replaced, each quoted in the file's own style."""
        quoted = [cell for row in self.rows for cell in row if cell.startswith('"')]
        always = all(cell.startswith('"') for row in self.rows for cell in row if cell)
        spaces = any(
            re.search(r"\s", cell) and not self._needs_quotes(_value(cell, self.delimiter)) for cell in quoted
        )
        text = [self.bom]
        for number, (row, end) in enumerate(zip(self.rows, self.ends, strict=True)):
            cells = list(row)
            for column in range(len(cells)):
                value = values.get((number, column))
                if value is None:
                    continue
                was_quoted = cells[column].startswith('"') or always
                quotes = was_quoted or self._needs_quotes(value) or (spaces and " " in value)
                cells[column] = '"{}"'.format(value.replace('"', '""')) if quotes else value
            text += [self.delimiter.join(cells), end]
        return "".join(text).encode()

    def _needs_quotes(self, value: str) -> bool:
        return any(character in value for character in (self.delimiter, '"', "\r", "\n"))


def read_sheet(path: Path) -> Sheet:
    """Read a CSV file in UTF-8. Raises TableError, in one sentence, if it is not one."""
    try:
        data = path.read_bytes()
    except OSError as error:
        raise TableError(f"{path} cannot be read ({error.strerror}): check the path.") from error
    try:
        return sheet(data.decode())
    except UnicodeDecodeError as error:
        raise TableError(
            f"{path} is not UTF-8 text: use the file as the platform exported it, not one saved by a spreadsheet."
        ) from error
    except ValueError as error:
        raise TableError(f"{path} {error}: use the file as the platform exported it.") from error


def sheet(text: str) -> Sheet:
    """Parse a text. Raises ValueError if a quote is not closed."""
    bom = _BOM if text.startswith(_BOM) else ""
    body = text.removeprefix(_BOM)
    delimiter = max(_DELIMITERS, key=lambda each: len(_first_row(body, each)))
    rows, ends = _rows(body, delimiter)
    return Sheet(tuple(rows), tuple(ends), delimiter, bom)


def _first_row(body: str, delimiter: str) -> tuple[str, ...]:
    try:
        rows, _ = _rows(body, delimiter, most=1)
    except ValueError:
        return ()
    return rows[0] if rows else ()


def _rows(body: str, delimiter: str, most: int | None = None) -> tuple[list[tuple[str, ...]], list[str]]:
    d = re.escape(delimiter)
    cell = re.compile(rf'("(?:[^"]|"")*+"[^{d}\r\n]*|[^"{d}\r\n][^{d}\r\n]*|)({d}|\r\n|\n|\r|\Z)')
    rows: list[tuple[str, ...]] = []
    ends: list[str] = []
    cells: list[str] = []
    position = 0
    while (position < len(body) or cells) and (most is None or len(rows) < most):
        match = cell.match(body, position)
        if match is None:
            raise ValueError(f"line {body.count(chr(10), 0, position) + 1} has a quote that is not closed")
        cells.append(match[1])
        position = match.end()
        if match[2] != delimiter:
            rows.append(tuple(cells))
            ends.append(match[2])
            cells = []
    return rows, ends


def _value(cell: str, delimiter: str) -> str:
    if not cell.startswith('"'):
        return cell
    return next(csv.reader(io.StringIO(cell, newline=""), delimiter=delimiter))[0]
