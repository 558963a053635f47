"""`gradebook.csv`: one line a student, readable by every spreadsheet."""

import csv
import io
from collections.abc import Sequence

from grader.model import Report
from grader.text import visible

__all__ = ["gradebook_csv", "names_csv"]

_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def gradebook_csv(reports: Sequence[Report], exercise_ids: Sequence[str]) -> str:
    """The marks of every exercise, the total, and the flags, in the order given.

    A text that a spreadsheet would take for a formula gets a leading apostrophe (OWASP, CSV injection).
    """
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\n")
    writer.writerow(["student", *exercise_ids, "total", "max", "flags"])
    for report in reports:
        marks = {exercise.id: exercise.marks for exercise in report.exercises}
        writer.writerow(
            [
                _cell(report.student),
                *(f"{marks[i]:g}" if i in marks else "" for i in exercise_ids),
                f"{report.marks:g}",
                f"{report.max_marks:g}",
                _cell(" | ".join(report.flags)),
            ]
        )
    return buffer.getvalue()


def names_csv(names: Sequence[tuple[str, str]]) -> str:
    """Codes with the names they stand for, as a table of two columns."""
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\n")
    writer.writerow(["code", "student"])
    writer.writerows((code, _cell(student)) for code, student in names)
    return buffer.getvalue()


def _cell(text: str) -> str:
    plain = visible(text)
    return f"'{plain}" if plain.lstrip(" ").startswith(_FORMULA) else plain
