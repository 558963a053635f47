"""The findings of examining a submission, before anything is marked.

They do not depend on the rubric, so they can be cached and marked again with another one.
"""

from grader.core.evidence import Answer, CheckedValue, Picture
from grader.core.frozen import Frozen
from grader.core.result import CheckResult, Diagnosis, Outcome

__all__ = ["ExaminedExercise", "ExaminedSubmission"]


class ExaminedExercise(Frozen, frozen=True):
    """The findings on one exercise."""

    id: str
    checks: tuple[CheckResult, ...]
    diagnoses: tuple[Diagnosis, ...] = ()
    checked_values: tuple[CheckedValue, ...] = ()
    pictures: tuple[Picture, ...] = ()
    answers: tuple[Answer, ...] = ()


class ExaminedSubmission(Frozen, frozen=True):
    """The findings on one submission. `seconds` is the time they took."""

    files: tuple[str, ...]
    flags: tuple[str, ...]
    seconds: float
    exercises: tuple[ExaminedExercise, ...]
    style: tuple[str, ...] = ()

    @property
    def is_sound(self) -> bool:
        """Whether no check failed because of a fault in the grader, so that the findings are worth caching."""
        return all(
            check.outcome is not Outcome.ERROR for exercise in self.exercises for check in exercise.checks
        )
