"""Benches for edited versions of a student's file, which run one after the other in one worker.

Each version replaces the one before. If the worker dies, the next version gets a new one, and the version
that caused it makes no more calls. A version that seems right is verified in a worker of its own.
"""

from collections.abc import Mapping, Sequence
from typing import Final

import msgspec

from grader import protocol
from grader.core.observation import Died, Observation, Probe, StatedValue
from grader.execution.bench import WorkerBench
from grader.execution.bench_context import BenchContext
from grader.execution.program import Workers
from grader.lab.spec import Function
from grader.sandbox.allowance import Spending
from grader.sandbox.worker_client import Worker

__all__ = ["IDLE_FACTOR", "CandidateBench", "CandidateRunner"]

IDLE_FACTOR: Final = 20.0
"""The wall-clock limit of short calls, as a multiple of their CPU limit, so that a busy machine changes
nothing."""


HELD_BYTES: Final = 8 * 1024**2
"""How much to cache of a version's results."""


class CandidateRunner:
    """Runs versions of one file and counts their cost. Not shared between threads."""

    def __init__(self, bench: WorkerBench) -> None:
        self._context = bench.context
        self._stated_values = bench.stated_values
        self.allowance = bench.spending.search
        """The limit for all versions of all exercises together."""
        self._worker: Worker | None = None
        self.loads = 0
        self.weight = 1
        """The minimum weight of a call in the shared worker."""
        self.calls = 0
        """The sum of the weights of all calls."""
        self.hangs = 0
        """How many versions had to be stopped."""

    def open(self, code: str, call_seconds: float, counts_lines: bool = False) -> "CandidateBench":
        """Load a version in the shared worker, with this limit for each of its calls."""
        self.loads += 1
        return CandidateBench(self, code, call_seconds, shared=True, counts_lines=counts_lines)

    def open_alone(self, code: str) -> "CandidateBench":
        """Load a version in a new worker, with the limits of the student's own file; the caller closes it."""
        self.loads += 1
        return CandidateBench(self, code, self._context.limits.call_seconds, shared=False)

    def context_of(self, code: str) -> BenchContext:
        """The context of a version's bench: that of the student's own bench, with another text."""
        source = self._context.source
        assert source is not None
        return msgspec.structs.replace(self._context, source=msgspec.structs.replace(source, code=code))

    @property
    def stated_values(self) -> tuple[StatedValue, ...]:
        """The student's stated values, which an edit does not change."""
        return self._stated_values

    def shared_worker(self) -> Worker:
        """The worker that all versions share, started if necessary."""
        if self._worker is None:
            context = self._context
            patient = msgspec.structs.replace(context.limits, idle_factor=IDLE_FACTOR)
            self._worker = Worker(context.fork_server, context.folder, patient, self.allowance)
        return self._worker

    def close(self) -> None:
        """End the shared worker."""
        if self._worker is not None:
            self._worker.close()
        self._worker = None


class _OwnWorkers(Workers):
    """The worker of a single version."""

    def __init__(self, runner: CandidateRunner, context: BenchContext) -> None:
        super().__init__(context, runner.allowance, runner.allowance)
        self._runner = runner

    def discard_dead(self, worker: Worker, died: Died) -> None:
        """End a worker that died, and count it."""
        self._runner.hangs += 1
        super().discard_dead(worker, died)


class _SharedWorkers(_OwnWorkers):
    """The worker that all versions share."""

    def start(self) -> Worker:
        """The shared worker, whatever it has loaded."""
        return self._runner.shared_worker()

    def discard_dead(self, worker: Worker, died: Died) -> None:
        """End a worker that died, so that the next version gets another."""
        self._runner.close()
        super().discard_dead(worker, died)

    def stop(self, worker: Worker) -> None:
        """Do nothing: other versions continue to use it."""


class CandidateBench(WorkerBench):
    """One version of a student's file as the checks see it."""

    restarts = -1
    states = False

    def __init__(
        self,
        runner: CandidateRunner,
        code: str,
        call_seconds: float,
        shared: bool,
        counts_lines: bool = False,
    ) -> None:
        self.counts_lines = counts_lines
        self._runner = runner
        self._shared = shared
        self._weight = runner.weight if shared else 1
        self._call_seconds = call_seconds
        context = runner.context_of(code)
        super().__init__(context, Spending(context.limits, HELD_BYTES))

    @property
    def stated_values(self) -> tuple[StatedValue, ...]:
        """Every number and matrix that the student states in the original file."""
        return self._runner.stated_values

    def expect(self, probes: Sequence[Probe]) -> None:
        """Do nothing: most versions fail soon, and every call counts."""

    def observe(self, probe: Probe) -> Observation:
        """Make one call, or return its cached result."""
        if probe.weight == 1:
            seconds = min(self._call_seconds, probe.seconds or self._call_seconds)
            probe = msgspec.structs.replace(probe, seconds=seconds)
        return super().observe(probe)

    def _call(
        self, function: Function, number: int, probe: Probe, values: Mapping[str, protocol.Value]
    ) -> Observation:
        self._runner.calls += max(probe.weight, self._weight)
        return super()._call(function, number, probe, values)

    def _workers(self) -> Workers:
        kind = _SharedWorkers if self._shared else _OwnWorkers
        return kind(self._runner, self.context)
