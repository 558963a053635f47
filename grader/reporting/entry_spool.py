"""Entries of results.json kept in a temporary file until all of them are there."""

import tempfile
from collections.abc import Iterable, Iterator

from grader.core.model import Report
from grader.reporting.results_json import entry_json

__all__ = ["Entries"]


class Entries:
    """What is written of each student, found again by name."""

    def __init__(self) -> None:
        self._file = tempfile.TemporaryFile()  # noqa: SIM115  closed, and so removed, with this object
        self._places: dict[str, tuple[int, int]] = {}

    def add(self, report: Report) -> None:
        """Keep a student's entry. Raises OSError where there is no room."""
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
        """Forget all of it."""
        self._file.close()
