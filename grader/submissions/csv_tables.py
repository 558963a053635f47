"""Read tables that people and other programs export: any usual delimiter and encoding, errors with a line
number."""

import csv
import io
from pathlib import Path
from typing import Final

from grader.core.errors import TableError
from grader.core.model import Frozen

__all__ = ["Row", "Table", "read_table"]

MAX_BYTES: Final = 32 * 1024**2
DELIMITERS: Final = ",;\t"


class Row(Frozen, frozen=True):
    """One line of a table: its number in the file, and its cells under the table's header, stripped."""

    line: int
    cells: tuple[str, ...]


class Table(Frozen, frozen=True):
    """A table with a header. Empty rows are left out."""

    path: Path
    header: tuple[str, ...]
    rows: tuple[Row, ...]
    delimiter: str


def read_table(path: Path) -> Table:
    """Read a CSV file: UTF-8 or UTF-16, separated by comma, semicolon or tab as its first line shows.

    Raises TableError, in one sentence, if it cannot be used.
    """
    try:
        with path.open("rb") as file:
            data = file.read(MAX_BYTES + 1)
    except OSError as error:
        raise TableError(f"{path} cannot be read ({error.strerror}): check the path.") from error
    if len(data) > MAX_BYTES:
        raise TableError(f"{path} is larger than {MAX_BYTES // 1024**2} MB: give a file that contains only the table.")
    try:
        text = data.decode("utf-16" if data.startswith((b"\xff\xfe", b"\xfe\xff")) else "utf-8-sig")
    except UnicodeDecodeError as error:
        raise TableError(f"{path} is not UTF-8 text: save it as “CSV UTF-8” and try again.") from error
    delimiter = max(DELIMITERS, key=text.partition("\n")[0].count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    rows: list[Row] = []
    before = 0
    try:
        for cells in reader:
            if any(cell.strip() for cell in cells):
                rows.append(Row(before + 1, tuple(cell.strip() for cell in cells)))
            before = reader.line_num
    except csv.Error as error:
        raise TableError(
            f"{path} line {before + 1}: this is not CSV ({error}). Save the table as CSV again."
        ) from error
    if not rows:
        raise TableError(f"{path} is empty: it needs a first line that names its columns.")
    return Table(path, rows[0].cells, tuple(rows[1:]), delimiter)
