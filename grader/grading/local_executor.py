"""Submissions examined on this machine: by threads of this process, each with a worker beside it."""

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path

from grader.core.errors import GraderError, SandboxError
from grader.core.limits import Level, Limits
from grader.core.model import Submission
from grader.grading.examine import examine
from grader.grading.run_plan import RunPlan
from grader.marking.findings import ExaminedSubmission
from grader.sandbox.fork_server import ForkServer
from grader.sandbox.workdir import temporary_workdir
from grader.sandbox.worker_client import Worker

__all__ = ["LocalExecutor"]


class LocalExecutor:
    """`jobs` threads of this process, each with a worker beside it. Closing it closes the fork server."""

    def __init__(self, plan: RunPlan, fork_server: ForkServer, jobs: int) -> None:
        self._plan = plan
        self._fork_server = fork_server
        self._pool = ThreadPoolExecutor(max_workers=jobs, thread_name_prefix="grade")
        self.size = jobs

    @property
    def level(self) -> Level:
        """The isolation level of the workers."""
        return self._fork_server.level

    @property
    def unavailable_reason(self) -> str:
        """What prevents `strict` on this machine."""
        return self._fork_server.unavailable_reason

    def submit(
        self, submission: Submission, started: Callable[[Submission], None]
    ) -> "Future[ExaminedSubmission]":
        """Examine a submission as soon as a thread is free."""

        def work() -> ExaminedSubmission:
            started(submission)
            try:
                return examine(submission, self._plan, self._fork_server)
            except SandboxError as error:
                if not _starts_workers(self._fork_server, self._plan.limits):
                    raise
                raise GraderError(str(error)) from error  # concerns only this submission

        return self._pool.submit(work)

    def close(self) -> None:
        """End all workers, then the threads."""
        self._fork_server.close()
        self._pool.shutdown(wait=True, cancel_futures=True)


def _starts_workers(fork_server: ForkServer, limits: Limits) -> bool:
    """Whether a worker can be started at all, without any submission."""
    try:
        with temporary_workdir(Path("/"), ()) as folder:
            Worker(fork_server, folder, limits).close()
    except (SandboxError, OSError):
        return False
    return True
