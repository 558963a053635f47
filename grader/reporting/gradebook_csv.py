"""`gradebook.csv`: one line per student, readable by every spreadsheet."""

import csv
import io
from collections.abc import Sequence

from grader.core.escaping import visible
from grader.core.model import Report
from grader.marking.manual_marks import in_words
from grader.reporting.wording import are_open

__all__ = ["gradebook_csv", "names_csv"]

_ROSTER = ("id", "email", "group")
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def gradebook_csv(reports: Sequence[Report], exercise_ids: Sequence[str]) -> str:
    """The marks of every exercise, the total, the flags and manual marks, in the given order.

    An open exercise (for a person, or because the grader failed) has an empty cell, and so has the total: it
    is not a mark yet. If there is a roster, id, email and group appear beside the name. Text that a
    spreadsheet would interpret as a formula gets a leading apostrophe (OWASP, CSV injection).
    """
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\n")
    known = [column for column in _ROSTER if any(getattr(r.identity, column) for r in reports)]
    writer.writerow(["student", *known, *exercise_ids, "total", "max", "flags", "by hand"])
    for report in reports:
        waiting = are_open(report)
        marks = {exercise.id: exercise.marks for exercise in report.exercises if exercise.id not in waiting}
        writer.writerow(
            [
                _cell(report.student),
                *(_cell(getattr(report.identity, column)) for column in known),
                *(f"{marks[i]:g}" if i in marks else "" for i in exercise_ids),
                "" if waiting else f"{report.marks:g}",
                f"{report.max_marks:g}",
                _cell(" | ".join(report.flags)),
                _cell(" | ".join(sentence for each in report.exercises for sentence in in_words(each))),
            ]
        )
    return buffer.getvalue()


def names_csv(names: Sequence[tuple[str, str]]) -> str:
    """Codes with their names, as a table of two columns."""
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\n")
    writer.writerow(["code", "student"])
    writer.writerows((code, _cell(student)) for code, student in names)
    return buffer.getvalue()


def _cell(text: str) -> str:
    plain = visible(text)
    return f"'{plain}" if plain.lstrip(" ").startswith(_FORMULA) else plain
