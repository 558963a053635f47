"""A report without everything that only a student's own page shows: what a large class keeps in memory."""

import sys
from functools import lru_cache
from typing import Any

import msgspec

from grader.core.result import CheckResult, Diagnosis, ExerciseReport, Outcome, Report

__all__ = ["summarised"]


def summarised(report: Report) -> Report:
    """Marks, verdicts, flags, outcomes, named mistakes and manual marks; no evidence."""
    return msgspec.structs.replace(
        report,
        exercises=tuple(map(_exercise, report.exercises)),
        files=_once(report.files),
        flags=_once(report.flags),
        identity=_once(report.identity),
        style=(),
    )


def _exercise(exercise: ExerciseReport) -> ExerciseReport:
    first: ExerciseReport = _once(
        msgspec.structs.replace(
            exercise,
            **_interned(exercise, "id", "title", "asked", "next_step"),
            notes=(),
            diagnoses=tuple(map(_diagnosis, exercise.diagnoses)),
            checks=tuple(_bare(check.id, check.title, check.outcome) for check in exercise.checks),
            checked_values=(),
            pictures=(),
            answers=(),
        )
    )
    return first


def _diagnosis(diagnosis: Diagnosis) -> Diagnosis:
    return msgspec.structs.replace(
        diagnosis,
        **_interned(diagnosis, "title", "message", "concept", "question"),
        counterexample=None,
        excerpt=None,
        evidence="",
    )


def _interned(said: ExerciseReport | Diagnosis, *names: str) -> dict[str, str]:
    """Texts that many students share, each stored once."""
    return {name: sys.intern(getattr(said, name)) for name in names}


@lru_cache(maxsize=1_000)
def _once(value: Any) -> Any:
    """The first of the values that equal it: most students have much in common."""
    return value


@lru_cache(maxsize=10_000)
def _bare(id: str, title: str, outcome: Outcome) -> CheckResult:
    """One object for all students with the same result."""
    return CheckResult(id=id, title=title, outcome=outcome)
