"""Lab 2, “The largest eigenvalue”: a small lab to learn from how labs are written."""

from pathlib import Path
from typing import Final

from grader.lab import Exercise, Kit, Lab, read_rubric
from grader.labkit import undiagnosed
from power_lab.checks import POWER_ITERATION, diagnose, iteration, stated

__all__ = ["LAB"]

FOLDER: Final = Path(__file__).parent


def exercises(seed: int) -> tuple[Exercise, ...]:
    """The two exercises, their matrices drawn from the seed."""
    first = iteration(seed)
    return (
        Exercise(
            "1",
            "Power iteration",
            "Write `power_iteration(A, x, num_steps=100)`: each step replaces x by Ax / ‖Ax‖; return the Rayleigh "
            "quotient and x.",
            first.checks(),
            diagnose,
            first.advice,
            functions=(POWER_ITERATION.name,),
        ),
        Exercise(
            "2",
            "The largest eigenvalue of B",
            "State the largest eigenvalue of B = [[2, 1, 0], [1, 3, 1], [0, 1, 4]], and say what decides how fast "
            "the iteration converges.",
            stated.checks(),
            undiagnosed,
            stated.advice,
        ),
    )


LAB: Final = Lab(
    id="lab2",
    title="Lab 2 – The largest eigenvalue",
    seed=7,
    functions=(POWER_ITERATION,),
    exercises=exercises,
    rubric=read_rubric(FOLDER / "rubric.toml"),
    kit=Kit(FOLDER / "starter" / "lab2.py", leave_out=("solution",)),
)
