"""Entries of results.json, stored in a temporary file until all of them are complete."""

import tempfile
from collections.abc import Iterable, Iterator

from grader.core.model import Report
from grader.reporting.results_json import entry_json

__all__ = ["Entries"]


class Entries:
    """The stored entries, looked up by name."""

    def __init__(self) -> None:
        self._file = tempfile.TemporaryFile()  # noqa: SIM115  closed, and so removed, with this object
        self._places: dict[str, tuple[int, int]] = {}

    def add(self, report: Report) -> None:
        """Store a student's entry. Raises OSError if there is no room."""
        entry = entry_json(report)
        begin = self._file.seek(0, 2)
        self._file.write(entry)
        self._places[report.student] = begin, len(entry)

    def of(self, students: Iterable[str]) -> Iterator[bytes]:
        """The entries of these students, in this order."""
        for student in students:
            begin, length = self._places[student]
            self._file.seek(begin)
            yield self._file.read(length)

    def close(self) -> None:
        """Delete everything."""
        self._file.close()
