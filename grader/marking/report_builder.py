"""From findings to a report: findings × rubric, and flags for the person marking."""

from collections.abc import Sequence

from grader.core.result import CheckResult, Diagnosis, ExerciseReport, Report, Verdict
from grader.core.submission import Submission
from grader.lab.spec import Exercise, Rubric
from grader.marking.findings import ExaminedExercise, ExaminedSubmission
from grader.marking.marks import mark, undecided

__all__ = ["mark_exercise", "mark_submission"]


def mark_submission(
    submission: Submission, examined: ExaminedSubmission, exercises: Sequence[Exercise], rubric: Rubric
) -> Report:
    """The report of a submission. Runs no student code."""
    found = {exercise.id: exercise for exercise in examined.exercises}
    marked = tuple(mark_exercise(exercise, found[exercise.id], rubric) for exercise in exercises)
    return Report(
        student=submission.student,
        files=examined.files,
        marks=round(sum(report.marks for report in marked), 4),
        max_marks=round(sum(report.max_marks for report in marked), 4),
        flags=tuple(dict.fromkeys(examined.flags)),
        seconds=examined.seconds,
        exercises=marked,
        identity=submission.identity,
        style=examined.style,
        undecided=undecided(marked),
    )


def mark_exercise(exercise: Exercise, examined: ExaminedExercise, rubric: Rubric) -> ExerciseReport:
    """One exercise, marked."""
    marks, most, verdict = mark(exercise.id, examined.checks, rubric)
    return ExerciseReport(
        id=exercise.id,
        title=exercise.title,
        asked=exercise.asked,
        marks=marks,
        max_marks=most,
        verdict=verdict,
        next_step=_next_step(exercise, examined.checks, examined.diagnoses)
        if verdict is not Verdict.FULL
        else "",
        notes=_notes(examined.checks),
        diagnoses=examined.diagnoses if verdict is not Verdict.FULL else (),
        checks=examined.checks,
        checked_values=examined.checked_values,
        pictures=examined.pictures,
        answers=examined.answers,
    )


def _next_step(exercise: Exercise, results: tuple[CheckResult, ...], diagnoses: tuple[Diagnosis, ...]) -> str:
    if diagnoses and diagnoses[0].verified:
        return f"{diagnoses[0].title} Mend that first, then check again."
    return exercise.advice(results)


def _notes(results: Sequence[CheckResult]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(note for result in results for note in result.notes))
