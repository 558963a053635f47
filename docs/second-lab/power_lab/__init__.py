"""Lab 2, “The largest eigenvalue”: a small lab to learn from how labs are written."""

from pathlib import Path
from typing import Final

from grader.core.model import CheckResult, Diagnosis, Outcome
from grader.lab import Bench, Exercise, Kit, Lab
from grader.lab.rubric import read_rubric
from power_lab.checks import ADVICE, POWER_ITERATION, diagnose, iteration_checks, stated_checks

__all__ = ["LAB"]

FOLDER: Final = Path(__file__).parent


def exercises(seed: int) -> tuple[Exercise, ...]:
    """The two exercises, their matrices drawn from the seed."""
    return (
        Exercise(
            "1",
            "Power iteration",
            "Write `power_iteration(A, x, num_steps=100)`: each step replaces x by Ax / ‖Ax‖; return the Rayleigh "
            "quotient and x.",
            iteration_checks(seed),
            diagnose,
            advice,
            functions=(POWER_ITERATION.name,),
        ),
        Exercise(
            "2",
            "The largest eigenvalue of B",
            "State the largest eigenvalue of B = [[2, 1, 0], [1, 3, 1], [0, 1, 4]], and say what decides how fast "
            "the iteration converges.",
            stated_checks(),
            undiagnosed,
            advice,
        ),
    )


def advice(results: tuple[CheckResult, ...]) -> str:
    """What to do about the first check that does not hold."""
    for result in results:
        if result.outcome in (Outcome.FAIL, Outcome.MISSING):
            return ADVICE.get(result.id.partition("-")[2], "")
    return ""


def undiagnosed(bench: Bench, results: tuple[CheckResult, ...]) -> tuple[Diagnosis, ...]:
    """No mistake is known by name here."""
    return ()


LAB: Final = Lab(
    id="lab2",
    title="Lab 2 – The largest eigenvalue",
    seed=7,
    functions=(POWER_ITERATION,),
    exercises=exercises,
    rubric=read_rubric(FOLDER / "rubric.toml"),
    kit=Kit(FOLDER / "starter" / "lab2.py", leave_out=("solution",)),
)
