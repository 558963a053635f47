"""A report less all that only a student's own page shows: what is kept in memory of a large class."""

import sys
from functools import lru_cache

import msgspec

from grader.model import CheckResult, Diagnosis, ExerciseReport, Outcome, Report

__all__ = ["concise"]


def concise(report: Report) -> Report:
    """Marks, verdicts, flags, outcomes, mistakes by name and what a person marked; no evidence."""
    return msgspec.structs.replace(report, exercises=tuple(map(_exercise, report.exercises)), style=())


def _exercise(exercise: ExerciseReport) -> ExerciseReport:
    return msgspec.structs.replace(
        exercise,
        id=sys.intern(exercise.id),
        title=sys.intern(exercise.title),
        asked=sys.intern(exercise.asked),
        next_step=sys.intern(exercise.next_step),
        notes=(),
        diagnoses=tuple(map(_diagnosis, exercise.diagnoses)),
        checks=tuple(_bare(check.id, check.title, check.outcome) for check in exercise.checks),
        claims=(),
        pictures=(),
        answers=(),
    )


def _diagnosis(diagnosis: Diagnosis) -> Diagnosis:
    return msgspec.structs.replace(
        diagnosis,
        title=sys.intern(diagnosis.title),
        message=sys.intern(diagnosis.message),
        concept=sys.intern(diagnosis.concept),
        question=sys.intern(diagnosis.question),
        witness=None,
        excerpt=None,
        evidence="",
    )


@lru_cache(maxsize=10_000)
def _bare(id: str, title: str, outcome: Outcome) -> CheckResult:
    """One for all students on whom it came out like this."""
    return CheckResult(id=id, title=title, outcome=outcome)
