"""Read `rubric.toml`: marks as data, checked before anything runs."""

import math
from pathlib import Path

import msgspec

from grader.core.errors import RubricError
from grader.lab.spec import Exercise, Rubric

__all__ = ["check_rubric", "read_rubric"]


def read_rubric(path: Path) -> Rubric:
    """Read a rubric. Raises RubricError, in one sentence, if it cannot be used."""
    try:
        rubric = msgspec.toml.decode(path.read_bytes(), type=Rubric)
    except OSError as error:
        raise RubricError(f"{path}: the rubric cannot be read ({error.strerror}).") from error
    except (msgspec.MsgspecError, ValueError) as error:
        raise RubricError(f"{path}: {error}. Correct this line of the rubric.") from error
    for exercise_id, exercise in rubric.exercises.items():
        if any(credit < 0 for credit in exercise.checks.values()):
            raise RubricError(f"{path}: a check of exercise {exercise_id} has negative marks; use 0 or more.")
        total = math.fsum(exercise.checks.values())
        if not math.isclose(total, exercise.marks, abs_tol=1e-9):
            raise RubricError(
                f"{path}: the checks of exercise {exercise_id} add up to {total:g}, but the exercise is worth "
                f"{exercise.marks:g}; make them equal."
            )
    for check, share in rubric.caps.items():
        if not 0.0 <= share <= 1.0:
            raise RubricError(
                f"{path}: the cap of {check!r} is {share:g}; use a share of the mark between 0 and 1."
            )
    for check, share in rubric.follows.items():
        if not 0.0 <= share <= 1.0:
            raise RubricError(
                f"{path}: {check!r} earns {share:g} if it follows from an earlier exercise; use a share of its marks "
                "between 0 and 1."
            )
    return rubric


def check_rubric(rubric: Rubric, exercises: tuple[Exercise, ...]) -> None:
    """Raise RubricError if the rubric and the lab do not name the same exercises and checks."""
    known = {exercise.id: {check.id for check in exercise.checks} for exercise in exercises}
    for exercise_id, entry in rubric.exercises.items():
        if exercise_id not in known:
            raise RubricError(
                f"rubric.toml: there is no exercise {exercise_id}; the lab has {', '.join(known)}."
            )
        for check in entry.checks.keys() - known[exercise_id]:
            raise RubricError(
                f"rubric.toml: exercise {exercise_id} has no check {check!r}; it has "
                f"{', '.join(sorted(known[exercise_id]))}."
            )
    for part, named in (("cap", rubric.caps), ("line of [follows]", rubric.follows)):
        for check in named.keys() - {check for checks in known.values() for check in checks}:
            raise RubricError(
                f"rubric.toml: the {part} names an unknown check {check!r}; use the id of an existing check."
            )
    for exercise_id, checks in known.items():
        if exercise_id not in rubric.exercises:
            raise RubricError(f"rubric.toml: exercise {exercise_id} is missing; give it marks, or 0.")
        for check in sorted(checks - rubric.exercises[exercise_id].checks.keys()):
            raise RubricError(
                f"rubric.toml: check {check!r} of exercise {exercise_id} is missing; give it marks, or 0."
            )
