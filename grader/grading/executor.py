"""Executors examine submissions: in threads of this process with workers, or on the machines of a cluster."""

from collections.abc import Callable
from concurrent.futures import Future
from typing import Protocol

from grader.core.limits import Level
from grader.core.model import Submission
from grader.marking.findings import ExaminedSubmission

__all__ = ["Executor"]


class Executor(Protocol):
    """Accepts submissions and returns findings."""

    @property
    def level(self) -> Level:
        """The isolation level of student code. Raises IsolationError if the requested one is not supported."""

    @property
    def unavailable_reason(self) -> str:
        """What prevents `strict`, in a few words; empty if it is in use or was not tried."""

    @property
    def size(self) -> int:
        """How many submissions are examined at the same time."""

    def submit(
        self, submission: Submission, started: Callable[[Submission], None]
    ) -> "Future[ExaminedSubmission]":
        """Have a submission examined. `started` is called with it when that begins, from any thread.

        The future raises GraderError where this submission cannot be examined, and SandboxError where none can.
        """

    def close(self) -> None:
        """Stop what is running and cancel what waits. May be called twice."""
