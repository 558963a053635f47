"""The report of a submission that could not be graded because the grader failed: everything is open, nobody
else is affected."""

from collections.abc import Sequence

from grader.core.escaping import in_short
from grader.core.model import ExerciseReport, Identity, Report, Verdict
from grader.lab.spec import Exercise, Lab

__all__ = ["ungraded"]


def ungraded(
    student: str,
    files: tuple[str, ...],
    identity: Identity,
    lab: Lab,
    exercises: Sequence[Exercise],
    error: Exception,
) -> Report:
    """A report in which every exercise is open, with the failure as a flag."""
    what = f"It could not be graded ({in_short(error)}); grade it again."
    most = {exercise.id: lab.rubric.exercises[exercise.id].marks for exercise in exercises}
    return Report(
        student=student,
        files=files,
        marks=0.0,
        max_marks=round(sum(most.values()), 4),
        flags=(what,),
        seconds=0.0,
        exercises=tuple(
            ExerciseReport(
                id=exercise.id,
                title=exercise.title,
                asked=exercise.asked,
                marks=0.0,
                max_marks=most[exercise.id],
                verdict=Verdict.ERROR,
            )
            for exercise in exercises
        ),
        identity=identity,
    )
