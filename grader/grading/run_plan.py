"""What a run is: everything that is the same for all its submissions, decided before the first of them is read."""

from grader.core.limits import Isolation, Limits
from grader.core.model import Frozen
from grader.lab.spec import Exercise, Lab
from grader.marking.feedback_level import Feedback

__all__ = ["RunPlan"]


class RunPlan(Frozen, frozen=True, kw_only=True):
    """A lab, which of its exercises are graded, and under which conditions."""

    lab: Lab
    exercises: tuple[Exercise, ...]
    """Drawn from `seed`: all exercises of the lab or some of them, in its order."""
    seed: int
    limits: Limits
    """What one submission may use."""
    isolation: Isolation = "auto"
    """What is asked for; the executor knows what holds."""
    feedback: Feedback = Feedback.HINTS
    """How much of a report its reader is shown; nothing that is found depends on it."""
    lab_name: str | None = None
    """What the lab was asked for by, so that another machine can load it too; None for the one installed."""
