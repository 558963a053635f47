"""How much of a report its reader is shown: marks, hints, or all of it.

*marks* says what failed. *hints*, the default, is for the student: the line, the idea, the leading
question, the smallest input that shows the mistake; never a corrected line. *full* is for the person
marking and adds the verified repair.
"""

from enum import StrEnum
from typing import assert_never

import msgspec

from grader.model import Diagnosis, ExerciseReport, Report

__all__ = ["Feedback", "at_level"]


class Feedback(StrEnum):
    """How much is told."""

    MARKS = "marks"
    HINTS = "hints"
    FULL = "full"


def at_level(report: Report, level: Feedback) -> Report:
    """The report with what belongs to the level."""
    exercises = tuple(_exercise(exercise, level) for exercise in report.exercises)
    return msgspec.structs.replace(report, exercises=exercises)


def _exercise(exercise: ExerciseReport, level: Feedback) -> ExerciseReport:
    match level:
        case Feedback.FULL:
            return exercise
        case Feedback.HINTS:
            return msgspec.structs.replace(
                exercise, diagnoses=tuple(_hint(diagnosis) for diagnosis in exercise.diagnoses)
            )
        case Feedback.MARKS:
            return msgspec.structs.replace(exercise, diagnoses=(), next_step="", pictures=())
        case _:
            assert_never(level)


def _hint(diagnosis: Diagnosis) -> Diagnosis:
    return msgspec.structs.replace(diagnosis, repair="")
