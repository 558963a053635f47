"""Who examines submissions: threads of this process with workers beside them, or the machines of a cluster."""

from collections.abc import Callable
from concurrent.futures import Future
from typing import Protocol

from grader.core.limits import Level
from grader.core.model import Submission
from grader.marking.findings import Examined

__all__ = ["Crew"]


class Crew(Protocol):
    """Takes submissions and gives back what was found."""

    @property
    def level(self) -> Level:
        """The isolation that students' code gets. Raises IsolationError where the one asked for cannot hold."""

    @property
    def obstacle(self) -> str:
        """What keeps it from `strict`, in a few words; empty where it holds or was not tried."""

    @property
    def size(self) -> int:
        """Submissions examined at the same time."""

    def hand_out(self, submission: Submission, started: Callable[[Submission], None]) -> "Future[Examined]":
        """Have a submission examined; `started` is called when that begins."""

    def close(self) -> None:
        """Stop what is being done and forget what waits. May be called twice."""
