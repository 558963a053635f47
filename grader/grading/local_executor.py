"""Submissions examined on this machine: by threads of this process, each with a worker beside it."""

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path

from grader.core.errors import GraderError, SandboxError
from grader.core.limits import Level, Limits
from grader.core.model import Submission
from grader.grading.examine import examine
from grader.grading.run_plan import RunPlan
from grader.marking.findings import Examined
from grader.sandbox.fork_server import Zygote
from grader.sandbox.workdir import private_copy
from grader.sandbox.worker_client import Worker

__all__ = ["LocalCrew"]


class LocalCrew:
    """`jobs` threads of this process, each with a worker beside it. Closing it closes the zygote."""

    def __init__(self, plan: RunPlan, zygote: Zygote, jobs: int) -> None:
        self._plan = plan
        self._zygote = zygote
        self._pool = ThreadPoolExecutor(max_workers=jobs, thread_name_prefix="grade")
        self.size = jobs

    @property
    def level(self) -> Level:
        """The isolation that workers get."""
        return self._zygote.level

    @property
    def obstacle(self) -> str:
        """What keeps this machine from `strict`."""
        return self._zygote.obstacle

    def hand_out(self, submission: Submission, started: Callable[[Submission], None]) -> "Future[Examined]":
        """Examine a submission as soon as a thread is free."""

        def work() -> Examined:
            started(submission)
            try:
                return examine(submission, self._plan, self._zygote)
            except SandboxError as error:
                if not _starts_workers(self._zygote, self._plan.limits):
                    raise
                raise GraderError(str(error)) from error  # the trouble of this submission, and no other's

        return self._pool.submit(work)

    def close(self) -> None:
        """End all workers, then the threads."""
        self._zygote.close()
        self._pool.shutdown(wait=True, cancel_futures=True)


def _starts_workers(zygote: Zygote, limits: Limits) -> bool:
    """Whether a worker that has nothing to do with any submission can be started."""
    try:
        with private_copy(Path("/"), ()) as folder:
            Worker(zygote, folder, limits).close()
    except (SandboxError, OSError):
        return False
    return True
