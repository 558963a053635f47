"""A report less all that only a student's own page shows: what is kept in memory of a large class."""

import msgspec

from grader.model import CheckResult, Diagnosis, ExerciseReport, Report

__all__ = ["concise"]


def concise(report: Report) -> Report:
    """Marks, verdicts, flags, outcomes, mistakes by name and what a person marked; no evidence."""
    return msgspec.structs.replace(report, exercises=tuple(map(_exercise, report.exercises)), style=())


def _exercise(exercise: ExerciseReport) -> ExerciseReport:
    return msgspec.structs.replace(
        exercise,
        notes=(),
        diagnoses=tuple(map(_diagnosis, exercise.diagnoses)),
        checks=tuple(map(_check, exercise.checks)),
        claims=(),
        pictures=(),
        answers=(),
    )


def _diagnosis(diagnosis: Diagnosis) -> Diagnosis:
    return msgspec.structs.replace(diagnosis, witness=None, excerpt=None, evidence="")


def _check(check: CheckResult) -> CheckResult:
    return CheckResult(id=check.id, title=check.title, outcome=check.outcome)
