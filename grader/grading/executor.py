"""Executors examine submissions: in threads of this process with workers, or on the machines of a cluster."""

from collections.abc import Callable
from concurrent.futures import Future
from typing import Protocol

from grader.core.limits import Level
from grader.core.model import Submission
from grader.marking.findings import Examined

__all__ = ["Crew"]


class Crew(Protocol):
    """Accepts submissions and returns findings."""

    @property
    def level(self) -> Level:
        """The isolation level of student code. Raises IsolationError if the requested one is not supported."""

    @property
    def obstacle(self) -> str:
        """What prevents `strict`, in a few words; empty if it is in use or was not tried."""

    @property
    def size(self) -> int:
        """Number of submissions examined at the same time."""

    def hand_out(self, submission: Submission, started: Callable[[Submission], None]) -> "Future[Examined]":
        """Submit a submission for examination; `started` is called when that begins."""

    def close(self) -> None:
        """Stop the work in progress and discard what is queued. May be called twice."""
