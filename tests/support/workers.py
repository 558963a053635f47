"""Code for tests that start workers: a function to call, limits, the isolation that this machine allows."""

from collections.abc import Callable
from functools import cache

from grader.core.result import Report
from grader.execution.bench import WorkerBench
from grader.grading.local_executor import LocalExecutor
from grader.lab import Function, Parameter
from grader.sandbox.worker_client import ForkServer, Limits

OpenBench = Callable[..., WorkerBench]
"""The fixture `open_bench`."""

ReportOf = Callable[..., Report]
"""The fixture `report_of`."""

WORK = Function("work", (Parameter("A"),))
"""An invented function of one matrix, for tests of the worker that do not concern a lab."""

LIMITS = Limits(call_seconds=2.0, submission_seconds=60.0)


@cache
def unavailable_reason() -> str:
    """Why this machine does not allow strict isolation, in a few words; empty if it does."""
    with ForkServer() as started:
        return started.unavailable_reason


class SharedExecutor(LocalExecutor):
    """An executor whose fork server stays open for other tests."""

    def close(self) -> None:
        """End only the threads."""
        self._pool.shutdown(wait=True, cancel_futures=True)
