"""What tests that start workers share: a function to call, limits, and what this machine can hold."""

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
"""An invented function of one matrix, for tests that are about the worker and not about a lab."""

LIMITS = Limits(call_seconds=2.0, submission_seconds=60.0)


@cache
def unavailable_reason() -> str:
    """What keeps this machine from strict isolation, in a few words; empty where it holds."""
    with ForkServer() as started:
        return started.unavailable_reason


class SharedExecutor(LocalExecutor):
    """One whose fork server serves other tests after it, and so is not closed."""

    def close(self) -> None:
        """End the threads alone."""
        self._pool.shutdown(wait=True, cancel_futures=True)
