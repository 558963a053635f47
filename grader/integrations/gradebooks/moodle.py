"""Moodle's offline grading worksheet, and the archive for “Upload multiple feedback files”.

Moodle refuses a worksheet whose columns differ from its export, so only `Grade` and `Feedback comments`
change.
"""

import io
import re
import zipfile
from collections.abc import Callable, Sequence
from html import escape
from typing import Final

from grader.core.errors import TableError
from grader.core.escaping import visible
from grader.core.result import ExerciseReport, Report, Verdict
from grader.integrations.gradebooks.filled import Filled
from grader.integrations.gradebooks.numbers import number, scaled
from grader.integrations.gradebooks.people import Person, match, settled
from grader.integrations.gradebooks.sheet import Sheet

__all__ = ["comment", "feedback_zip", "fill_worksheet"]

_OURS: Final = re.compile(r"[\d.,]+ of [\d.,]+ marks")
"""The start of every comment of ours: a digit, so that no spreadsheet interprets it as a formula."""

_WORDS: Final = {
    Verdict.FOLLOWS: "follows from an earlier exercise",
    Verdict.MISSING: "not found in the submission",
    Verdict.MANUAL: "a person will look at this",
    Verdict.ERROR: "not marked yet",
}


def people(sheet: Sheet) -> list[Person]:
    """Everybody in the worksheet. Raises TableError if it is not one."""
    identifier, name = sheet.column("Identifier"), sheet.column("Full name")
    if identifier is None or sheet.column("Grade") is None:
        raise TableError(
            "This is not a Moodle grading worksheet: its first line does not contain Identifier and Grade. Set Moodle to "
            "English and use “Download grading worksheet”."
        )
    known = {"id": sheet.column("ID number"), "email": sheet.column("Email address")}
    return [
        Person(
            row=row,
            name=sheet.value(row, name) if name is not None else "",
            keys={
                "moodle": "".join(re.findall(r"\d+$", sheet.value(row, identifier).strip())),
                **{field: sheet.value(row, at).strip() for field, at in known.items() if at is not None},
            },
        )
        for row in range(1, len(sheet.rows))
        if len(sheet.rows[row]) == len(sheet.rows[0])
    ]


def fill_worksheet(sheet: Sheet, reports: Sequence[Report]) -> Filled:
    """Enter marks and comments. Rows whose grade cannot be changed, and comments by others, stay unchanged.

    So does the row of a student with an open exercise. If the worksheet's maximum differs from the lab's,
    marks are scaled to it.
    """
    matched = match(people(sheet), reports)
    grade, said = sheet.column("Grade"), sheet.column("Feedback comments")
    most, changeable = sheet.column("Maximum Grade"), sheet.column("Grade can be changed")
    assert grade is not None
    values: dict[tuple[int, int], str] = {}
    scales: set[str] = set()
    locked: list[str] = []
    kept: list[str] = []
    decided, waiting = settled(matched.reports)
    for row, report in decided.items():
        if changeable is not None and sheet.value(row, changeable).strip().casefold() == "no":
            locked.append(report.student)
            continue
        maximum = sheet.value(row, most) if most is not None else ""
        points = number(maximum)
        values[row, grade] = scaled(report.marks, report.max_marks, points, comma="," in maximum)
        if points is not None and points != report.max_marks:
            scales.add(f"Marks out of {report.max_marks:g} were scaled to {points:g}.")
        if said is not None:
            before = sheet.value(row, said).strip()
            if before and not _OURS.match(before):
                kept.append(report.student)
            else:
                values[row, said] = comment(report)
    notes = [*sorted(scales)]
    if locked:
        notes.append(f"Moodle does not allow changes to these grades: {', '.join(sorted(locked))}.")
    if kept:
        notes.append(f"The worksheet's own comment was kept for {', '.join(sorted(kept))}.")
    rows = sum(column == grade for _, column in values)
    return Filled(sheet.filled(values), rows, matched.strangers, tuple(notes), waiting)


def comment(report: Report) -> str:
    """A report in a few lines of HTML, the format of the column in Moodle."""
    lines = [f"{report.marks:g} of {report.max_marks:g} marks", *map(_line, report.exercises)]
    return "<br>".join(escape(" ".join(visible(line).split()), quote=False) for line in lines)


def _line(exercise: ExerciseReport) -> str:
    words = _WORDS.get(exercise.verdict, "")
    said = [given.comment for given in exercise.by_hand if given.comment]
    rest = " ".join(part for part in (f"({words})" if words else "", *said, exercise.next_step) if part)
    return f"{exercise.id} {exercise.title}: {exercise.marks:g} of {exercise.max_marks:g}. {rest}".rstrip()


def feedback_zip(
    reports: Sequence[Report], page: Callable[[Report], bytes], worksheet: Sheet | None = None
) -> Filled:
    """Every student's page under the name that Moodle expects: that of the download, else one from the
    worksheet.

    The same reports give the same bytes.
    """
    listed: dict[str, str] = {}
    if worksheet is not None:
        found = people(worksheet)
        numbers = {person.row: person for person in found}
        for row, report in match(found, reports).reports.items():
            person = numbers[row]
            name = re.sub(r"[_/\\\x00-\x1f]+", " ", person.name).strip() or "Participant"
            listed[report.student] = f"{name}_{person.keys['moodle']}_assignsubmission_file_/"
    strangers: list[str] = []
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for report in sorted(reports, key=lambda report: report.student):
            identity = report.identity
            place = listed.get(report.student, "")
            if identity.moodle and identity.folder:
                place = identity.folder if identity.flat else f"{identity.folder}/"
            if not place:
                strangers.append(report.student)
                continue
            entry = zipfile.ZipInfo(f"{place}report.html", (1980, 1, 1, 0, 0, 0))
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.external_attr = 0o644 << 16
            archive.writestr(entry, page(report))
    return Filled(buffer.getvalue(), len(reports) - len(strangers), tuple(strangers))
