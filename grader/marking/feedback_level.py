"""How much of a report its reader sees: marks, hints, or all of it.

*marks* says what failed. *hints*, the default, is for the student: the line, the idea, the leading question
and the smallest input that shows the mistake, but never a corrected line, nor an answer if nothing was handed
in. *full* is for the person marking and adds both.
"""

from enum import StrEnum
from typing import assert_never

import msgspec

from grader.core.model import CheckResult, Diagnosis, ExerciseReport, Outcome, Report

__all__ = ["Feedback", "filter_feedback"]


class Feedback(StrEnum):
    """The level of feedback."""

    MARKS = "marks"
    HINTS = "hints"
    FULL = "full"


def filter_feedback(report: Report, level: Feedback) -> Report:
    """The report, reduced to the level."""
    exercises = tuple(_exercise(exercise, level) for exercise in report.exercises)
    return msgspec.structs.replace(report, exercises=exercises)


def _exercise(exercise: ExerciseReport, level: Feedback) -> ExerciseReport:
    match level:
        case Feedback.FULL:
            return exercise
        case Feedback.HINTS:
            return msgspec.structs.replace(
                exercise,
                diagnoses=tuple(_hint(diagnosis) for diagnosis in exercise.diagnoses),
                checks=_without_answers(exercise.checks),
            )
        case Feedback.MARKS:
            return msgspec.structs.replace(
                exercise, diagnoses=(), next_step="", pictures=(), checks=_without_answers(exercise.checks)
            )
        case _:
            assert_never(level)


def _hint(diagnosis: Diagnosis) -> Diagnosis:
    return msgspec.structs.replace(diagnosis, repair="")


def _without_answers(checks: tuple[CheckResult, ...]) -> tuple[CheckResult, ...]:
    """Remove results that the student has not looked for yet."""
    return tuple(
        msgspec.structs.replace(check, wanted="") if check.outcome is Outcome.MISSING else check
        for check in checks
    )
