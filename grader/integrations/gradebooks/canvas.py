"""Canvas's gradebook: fill in the column of one assignment.

The rows above the students say how grades are posted and how many points are possible; the test student is
ignored.
"""

import re
from collections.abc import Sequence

from grader.core.errors import TableError
from grader.core.model import Report
from grader.integrations.gradebooks.filled import Filled
from grader.integrations.gradebooks.numbers import number, scaled
from grader.integrations.gradebooks.people import Person, match, settled
from grader.integrations.gradebooks.sheet import Sheet

__all__ = ["assignments", "fill_gradebook"]

_HEADING = re.compile(r"(?P<name>.*\S)\s*\((?P<id>\d+)\)\s*", re.DOTALL)


def assignments(sheet: Sheet) -> dict[int, tuple[str, str]]:
    """Name and id of every assignment, by column."""
    headings = ((column, sheet.value(0, column)) for column in range(len(sheet.rows[0]) if sheet.rows else 0))
    return {
        column: (match["name"], match["id"])
        for column, heading in headings
        if (match := _HEADING.fullmatch(heading)) is not None
    }


def fill_gradebook(sheet: Sheet, reports: Sequence[Report], assignment: str | None) -> Filled:
    """Enter marks in the column of an assignment, given by name or id; None if the file has only one.

    Marks are scaled to the points possible. A student with an open exercise keeps the existing cell. Raises
    TableError if the file or the assignment is invalid.
    """
    student, canvas = sheet.column("Student"), sheet.column("ID")
    if student is None or canvas is None:
        raise TableError(
            "This is not a Canvas gradebook: its first line does not contain Student and ID. Export it with Gradebook, "
            "Export, Entire Gradebook."
        )
    column = _column(sheet, assignment)
    points, first = _points(sheet, student, column)
    known = {"id": sheet.column("SIS User ID"), "login": sheet.column("SIS Login ID")}
    people = [
        Person(
            row=row,
            name=sheet.value(row, student),
            keys={
                "canvas": sheet.value(row, canvas).strip(),
                **{field: sheet.value(row, at).strip() for field, at in known.items() if at is not None},
            },
        )
        for row in range(first, len(sheet.rows))
        if len(sheet.rows[row]) == len(sheet.rows[0])
        and sheet.value(row, student).strip() not in ("", "Student, Test")
    ]
    matched = match(people, reports)
    decided, waiting = settled(matched.reports)
    values = {
        (row, column): scaled(report.marks, report.max_marks, points) for row, report in decided.items()
    }
    scales = {
        report.max_marks for report in matched.reports.values() if points not in (None, report.max_marks)
    }
    notes = tuple(f"Marks out of {most:g} were scaled to {points:g}." for most in sorted(scales))
    return Filled(sheet.filled(values), len(values), matched.strangers, notes, waiting)


def _column(sheet: Sheet, assignment: str | None) -> int:
    found = assignments(sheet)
    if not found:
        raise TableError("This gradebook has no assignment: publish one in Canvas and export it again.")
    names = ", ".join(f"{name} ({id_})" for name, id_ in found.values())
    if assignment is None:
        if len(found) > 1:
            raise TableError(f"Choose an assignment with --assignment: {names}.")
        return next(iter(found))
    wanted = assignment.strip().casefold()
    for column, (name, id_) in found.items():
        if wanted in (id_, name.casefold(), f"{name} ({id_})".casefold()):
            return column
    raise TableError(f"This gradebook has no assignment {assignment!r}: it has {names}.")


def _points(sheet: Sheet, student: int, column: int) -> tuple[float | None, int]:
    """The points possible, and the first row of a student."""
    for row in range(1, min(len(sheet.rows), 5)):
        if sheet.value(row, student).strip().casefold() == "points possible":
            return number(sheet.value(row, column)), row + 1
    return None, 1
