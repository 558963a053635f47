"""Marks and comments by a person: stored in a table of their own and applied to every report.

The table is kept when you grade again; its last line for an exercise or a check counts.
"""

import csv
import fcntl
import io
import math
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Final

import msgspec

from grader.core.errors import TableError
from grader.core.model import ExerciseReport, Frozen, HandMark, Identity, Outcome, Report, Verdict
from grader.lab.spec import Rubric
from grader.marking.marks import look_flags, mark, verdict_by_hand
from grader.submissions.csv_tables import Table, read_table

__all__ = [
    "COLUMNS",
    "Entry",
    "append",
    "apply_manual_marks",
    "checked",
    "in_words",
    "is_called",
    "read_marks",
    "unclaimed",
]

COLUMNS: Final = ("student", "exercise", "marks", "comment", "by", "when")


class Entry(Frozen, frozen=True):
    """One line of the table."""

    student: str
    """The student's name as graded, or an id, address or number from the download or the roster."""
    mark: HandMark
    line: int


def read_marks(path: Path, rubric: Rubric) -> tuple[Entry, ...]:
    """Every entry of the table. Raises TableError, in one sentence that names the line, if it is invalid."""
    table = read_table(path)
    header = [name.casefold() for name in table.header]
    for column in ("student", "exercise", "marks"):
        if column not in header:
            raise TableError(f"{path} has no column {column!r}: its first line must be {','.join(COLUMNS)}.")
    return tuple(
        _entry(path, dict(zip(header, row.cells, strict=False)), row.line, rubric) for row in table.rows
    )


def _entry(path: Path, cells: Mapping[str, str], line: int, rubric: Rubric) -> Entry:
    given = cells.get("marks", "")
    try:
        marks = float(given.replace(",", ".")) if given else None
    except ValueError as error:
        raise TableError(
            f"{path} line {line}: {given!r} is not a number of marks; use a number such as 0.5."
        ) from error
    found = HandMark(
        item=cells.get("exercise", ""),
        marks=marks,
        comment=cells.get("comment", ""),
        by=cells.get("by", ""),
        when=cells.get("when", ""),
    )
    try:
        return Entry(cells.get("student", ""), checked(found, rubric), line)
    except TableError as error:
        raise TableError(f"{path} line {line}: {error}") from error


def checked(given: HandMark, rubric: Rubric) -> HandMark:
    """The mark, if the rubric has its exercise or check and allows that many marks. Raises TableError."""
    worth = {exercise: entry.marks for exercise, entry in rubric.exercises.items()}
    for entry in rubric.exercises.values():
        worth |= entry.checks
    if given.item not in worth:
        raise TableError(
            f"there is no exercise or check {given.item!r}; the exercises are {', '.join(rubric.exercises)}."
        )
    most = worth[given.item]
    if given.marks is None or (math.isfinite(given.marks) and 0 <= given.marks <= most + 1e-9):
        return given
    if most == 0:
        raise TableError(
            f"{given.item} is worth nothing in rubric.toml: give it a share of the marks there, or enter only a comment."
        )
    raise TableError(f"{given.item} cannot have {given.marks:g} marks; valid range: 0–{most:g}.")


def append(path: Path, student: str, given: HandMark) -> None:
    """Append a line to the table in its format; creates the table if it is missing.

    Raises TableError if the table cannot be read, and OSError if it cannot be written.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a+", encoding="utf-8", newline="") as file:
        fcntl.flock(file, fcntl.LOCK_EX)  # two people may be marking at the same time
        file.seek(0)
        before = file.read()
        table = read_table(path) if before.strip("\ufeff\r\n ") else Table(path, COLUMNS, (), ",")
        values = {
            "student": student,
            "exercise": given.item,
            "marks": "" if given.marks is None else f"{given.marks:g}",
            "comment": given.comment,
            "by": given.by,
            "when": given.when,
        }
        line = io.StringIO()
        writer = csv.writer(line, delimiter=table.delimiter, lineterminator="\n")
        if not table.rows and table.header is COLUMNS:
            writer.writerow(COLUMNS)
        writer.writerow([values.get(name.casefold(), "") for name in table.header])
        file.write(("" if not before or before.endswith("\n") else "\n") + line.getvalue())


def is_called(name: str, student: str, identity: Identity) -> bool:
    """Whether a name in the table means this student."""
    known = (
        student,
        *(str(getattr(identity, field)) for field in Identity.__struct_fields__ if field != "flat"),
    )
    participant = (f"Participant {identity.moodle}",) if identity.moodle else ()
    return bool(name) and _plain(name) in {_plain(each) for each in (*known, *participant)}


def _plain(name: str) -> str:
    return unicodedata.normalize("NFC", name).casefold().strip()


def apply_manual_marks(report: Report, entries: Iterable[Entry], rubric: Rubric) -> Report:
    """The report with the person's marks and comments instead of automatic ones."""
    given = {
        entry.mark.item: entry.mark
        for entry in entries
        if is_called(entry.student, report.student, report.identity)
    }
    if not given:
        return report
    exercises = tuple(_laid_over(exercise, given, rubric) for exercise in report.exercises)
    settled = set(look_flags(report.exercises))
    flags = (*(flag for flag in report.flags if flag not in settled), *look_flags(exercises))
    return msgspec.structs.replace(
        report,
        exercises=exercises,
        marks=round(sum(exercise.marks for exercise in exercises), 4),
        flags=flags,
    )


def _laid_over(exercise: ExerciseReport, given: Mapping[str, HandMark], rubric: Rubric) -> ExerciseReport:
    whole = given.get(exercise.id)
    parts = tuple(given[check.id] for check in exercise.checks if check.id in given)
    by_hand = (*((whole,) if whole else ()), *parts)
    if not by_hand:
        return exercise
    shares = {part.item: part.marks for part in parts if part.marks is not None}
    worth = rubric.exercises[exercise.id].checks
    checks = tuple(
        msgspec.structs.replace(
            check, outcome=Outcome.PASS if shares[check.id] >= worth[check.id] - 1e-9 else Outcome.FAIL
        )
        if check.id in shares
        else check
        for check in exercise.checks
    )
    marks, verdict = exercise.marks, exercise.verdict
    if shares:
        marks, _, verdict = mark(exercise.id, checks, rubric, shares)
    if whole is not None and whole.marks is not None:
        marks, verdict = whole.marks, verdict_by_hand(whole.marks, exercise.max_marks)
    decided = bool(shares) or (whole is not None and whole.marks is not None)
    return msgspec.structs.replace(
        exercise,
        checks=checks,
        marks=marks,
        verdict=verdict,
        next_step="" if verdict is Verdict.FULL else exercise.next_step,
        by_hand=by_hand,
        automatic_marks=exercise.marks if decided else None,
    )


def in_words(exercise: ExerciseReport) -> tuple[str, ...]:
    """Each of the person's marks and comments on an exercise as a sentence: how many marks, by whom, when."""
    return tuple(_in_words(given, exercise) for given in exercise.by_hand)


def _in_words(given: HandMark, exercise: ExerciseReport) -> str:
    who = f"by {given.by or 'a person'}" + (f", {given.when}" if given.when else "")
    if given.marks is None:
        return f"{given.item}: comment {who}: {given.comment}"
    instead = f" (automatic: {exercise.automatic_marks:g})" if given.item == exercise.id else ""
    comment = f": {given.comment}" if given.comment else ""
    return f"{given.item}: {given.marks:g}{instead} {who}{comment}"


def unclaimed(entries: Sequence[Entry], reports: Sequence[Report]) -> tuple[Entry, ...]:
    """The entries that match none of the reports, or more than one."""
    return tuple(
        entry
        for entry in entries
        if sum(is_called(entry.student, report.student, report.identity) for report in reports) != 1
    )
