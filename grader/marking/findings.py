"""What examining a submission brought to light, before anything is marked.

It does not depend on the rubric, so it can be kept and marked again under another one.
"""

from grader.core.evidence import Answer, Claim, Picture
from grader.core.model import CheckResult, Diagnosis, Frozen, Outcome

__all__ = ["ExaminedExercise", "ExaminedSubmission"]


class ExaminedExercise(Frozen, frozen=True):
    """What was found about one exercise."""

    id: str
    checks: tuple[CheckResult, ...]
    diagnoses: tuple[Diagnosis, ...] = ()
    claims: tuple[Claim, ...] = ()
    pictures: tuple[Picture, ...] = ()
    answers: tuple[Answer, ...] = ()


class ExaminedSubmission(Frozen, frozen=True):
    """What was found about one submission. `seconds` is what finding it took."""

    files: tuple[str, ...]
    flags: tuple[str, ...]
    seconds: float
    exercises: tuple[ExaminedExercise, ...]
    style: tuple[str, ...] = ()

    @property
    def is_sound(self) -> bool:
        """Whether no check failed by our own fault, so that it is worth keeping."""
        return all(
            check.outcome is not Outcome.ERROR for exercise in self.exercises for check in exercise.checks
        )
