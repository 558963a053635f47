"""Profile submissions: the CPU time of every stage of the pipeline, one submission after another.

The grader's own stages are timed by the clock of their thread, a worker by its own clock. The latter includes
both the student's statements and calls and the worker's own work. A file and a function that do nothing
measure the worker's own work, which is subtracted.
"""

import contextlib
import time
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from enum import Enum
from pathlib import Path
from typing import Final

import msgspec
import psutil

from grader import protocol
from grader.core.observation import Died
from grader.core.result import Report
from grader.core.submission import Submission
from grader.execution.bench import WorkerBench
from grader.execution.bench_context import BenchContext
from grader.execution.program import Workers
from grader.grading.examine import examine_exercise
from grader.grading.run_plan import RunPlan
from grader.lab import Lab
from grader.marking.findings import ExaminedSubmission
from grader.marking.report_builder import mark_submission
from grader.marking.style_notes import style_notes
from grader.reporting.results_folder import Output
from grader.sandbox.allowance import Allowance, Spending
from grader.sandbox.worker_client import ForkServer, Limits, Worker, temporary_workdir
from grader.sources.selection import choose
from grader.submissions.discovery import one

__all__ = ["Profile", "profile"]

IDLE: Final = "def nothing(A, rank, num_epochs, lr):\n    return A\n"
"""A student's file with one statement and one function that do nothing."""

IDLE_ROUNDS: Final = 25
IDLE_CALLS: Final = 40


class Profile(msgspec.Struct, frozen=True, kw_only=True):
    """The average CPU seconds of a submission."""

    submissions: int
    student: float
    """CPU seconds of the students' own statements and calls."""
    stages: dict[str, float]
    """CPU seconds of everything else, by stage."""
    calls: float
    """How many calls were made."""
    spread: tuple[float, float]
    """The smallest and the largest CPU time of one submission's own statements and calls."""

    @property
    def overhead(self) -> float:
        """CPU seconds of everything but the students' own statements and calls."""
        return sum(self.stages.values())


class Kind(Enum):
    """The kinds of requests to a worker."""

    LOAD = "load"
    CALL = "call"


class Stages:
    """This thread's CPU seconds by stage; the time of a nested stage counts only for the inner one."""

    def __init__(self) -> None:
        self.seconds: dict[str, float] = defaultdict(float)
        self._names: list[str] = []
        self._since = 0.0

    @contextlib.contextmanager
    def __call__(self, name: str) -> Iterator[None]:
        """Add the CPU time of the block to the stage."""
        self._settle()
        self._names.append(name)
        try:
            yield
        finally:
            self._settle()
            self._names.pop()

    def _settle(self) -> None:
        now = time.thread_time()
        if self._names:
            self.seconds[self._names[-1]] += now - self._since
        self._since = now


class Meter:
    """The work of the workers of one submission, by their own clocks."""

    def __init__(self) -> None:
        self.ready = 0.0
        self.workers = 0
        self.seconds = dict.fromkeys(Kind, 0.0)
        self.count = dict.fromkeys(Kind, 0)

    def each(self) -> dict[Kind, float]:
        """The average seconds of a request, by kind."""
        return {kind: self.seconds[kind] / self.count[kind] for kind in Kind}

    def around(self, idle: Mapping[Kind, float]) -> dict[Kind, float]:
        """Seconds of each kind that an idle file or function would need as well."""
        return {kind: self.count[kind] * idle[kind] for kind in Kind}

    def own(self, idle: Mapping[Kind, float]) -> float:
        """Seconds of the student's own statements and calls."""
        around = self.around(idle)
        return sum(max(0.0, self.seconds[kind] - around[kind]) for kind in Kind)

    @property
    def calls(self) -> int:
        """How many calls were made."""
        return self.count[Kind.CALL]


class MeteredWorker(Worker):
    """A worker that measures the time of its start and of each request."""

    def __init__(
        self, fork_server: ForkServer, folder: Path, limits: Limits, meter: Meter, stages: Stages
    ) -> None:
        self._meter, self._stages = meter, stages
        with stages("starting and ending workers"):
            super().__init__(fork_server, folder, limits)
        meter.workers += 1
        meter.ready += self.cpu()

    def ask(
        self, request: protocol.Request, seconds: float, allowance: Allowance | None = None
    ) -> tuple[protocol.Reply | Died, tuple[int, int] | None]:
        """Send a request, and add the time of its answer."""
        with self._counted(Kind.LOAD if isinstance(request, protocol.Load) else Kind.CALL):
            return super().ask(request, seconds, allowance)

    @contextlib.contextmanager
    def _counted(self, kind: Kind) -> Iterator[None]:
        before = self.cpu()
        with self._stages("talking with workers"):
            yield
        self._meter.seconds[kind] += max(0.0, self.cpu() - before)
        self._meter.count[kind] += 1

    def close(self) -> int | None:
        """End the worker."""
        with self._stages("starting and ending workers"):
            return super().close()


class _MeteredWorkers(Workers):
    """Starts metered workers."""

    def __init__(self, context: BenchContext, meter: Meter, stages: Stages) -> None:
        spending = Spending(context.limits)
        super().__init__(context, spending.calls, spending.files)
        self._meter, self._stages = meter, stages

    def start(self) -> Worker:
        """A metered worker that has loaded nothing yet."""
        context = self._context
        return MeteredWorker(context.fork_server, context.folder, context.limits, self._meter, self._stages)


class MeteredBench(WorkerBench):
    """A bench with metered workers."""

    def __init__(self, context: BenchContext, meter: Meter, stages: Stages) -> None:
        self._meter, self._stages = meter, stages
        super().__init__(context)

    def _workers(self) -> Workers:
        return _MeteredWorkers(self.context, self._meter, self._stages)


def profile(
    files: Sequence[Path], lab: Lab, out: Path
) -> tuple[Profile, tuple[tuple[Submission, ExaminedSubmission], ...]]:
    """Grade the files without a search for repairs and write their pages; return the findings, too."""
    stages = Stages()
    plan = RunPlan(lab=lab, exercises=lab.exercises(lab.seed), seed=lab.seed, limits=Limits(repairs=0))
    output = Output(out, lab, lab.seed, [exercise.id for exercise in plan.exercises])
    others = set(psutil.Process().children())
    with ForkServer() as fork_server:
        process = _process_of(fork_server, others)
        idle = _idle(fork_server, plan.limits)
        _graded(files[0], plan, fork_server, Meter(), Stages(), output)  # fill all caches
        before = _used(process)
        meters, found, reports = [], [], []
        for file in files:
            meters.append(Meter())
            submission, examined, report = _graded(file, plan, fork_server, meters[-1], stages, output)
            found.append((submission, examined))
            reports.append(report)
        of_fork_server, of_workers = (
            after - earlier for after, earlier in zip(_used(process), before, strict=True)
        )
    with stages("tables of the class"):
        output.tables(reports, "strict")
    own = [meter.own(idle) for meter in meters]
    around = sum(sum(meter.around(idle).values()) for meter in meters)
    started = of_workers - sum(sum(meter.seconds.values()) for meter in meters)
    seconds = {
        **stages.seconds,
        "starting and ending workers": stages.seconds["starting and ending workers"]
        + of_fork_server
        + started,
        "talking with workers": stages.seconds["talking with workers"] + around,
    }
    result = Profile(
        submissions=len(files),
        student=sum(own) / len(files),
        stages={name: value / len(files) for name, value in seconds.items()},
        calls=sum(meter.calls for meter in meters) / len(files),
        spread=(min(own), max(own)),
    )
    return result, tuple(found)


def _graded(
    file: Path, plan: RunPlan, fork_server: ForkServer, meter: Meter, stages: Stages, output: Output
) -> tuple[Submission, ExaminedSubmission, Report]:
    """Run one submission through the stages of the pipeline."""
    lab, exercises = plan.lab, plan.exercises
    with stages("reading"):
        submission = one(file.parent)
        source, flags = choose(submission, lab.functions)
    with contextlib.ExitStack() as stack:
        with stages("a folder of its own"):
            folder = stack.enter_context(temporary_workdir(submission.root, submission.files))
        with stages("judging"):
            context = BenchContext(
                fork_server=fork_server,
                folder=folder,
                source=source,
                functions=lab.functions,
                limits=plan.limits,
                seed=plan.seed,
            )
            bench = MeteredBench(context, meter, stages)
            stack.callback(bench.close)
            judged = [examine_exercise(exercise, bench, lab.functions) for exercise in exercises]
        with stages("pictures"):
            judged = [
                msgspec.structs.replace(done, pictures=exercise.illustrate(bench, done.checks))
                for exercise, done in zip(exercises, judged, strict=True)
            ]
        with stages("judging"):
            flags += lab.compare(bench, {exercise.id: exercise.checks for exercise in judged})
        with stages("starting and ending workers"):
            bench.close()
        with stages("a folder of its own"):
            stack.close()
    with stages("notes on style"):
        style = style_notes(source)
    names = tuple(entry.relative_to(submission.root).as_posix() for entry in submission.files)
    examined = ExaminedSubmission(files=names, flags=flags, seconds=0.0, exercises=tuple(judged), style=style)
    with stages("marks"):
        report = mark_submission(submission, examined, exercises, lab.rubric)
    with stages("pages"):
        output.keep(report)
        output.student(report)
    return submission, examined, report


def _idle(fork_server: ForkServer, limits: Limits) -> dict[Kind, float]:
    """A worker's CPU seconds for an idle file, and for an idle call."""
    meter, stages = Meter(), Stages()
    matrix = protocol.Array(dtype="float32", shape=(3, 3), data=bytes(36), origin="torch")
    arguments: tuple[protocol.Value, ...] = (
        matrix,
        *(protocol.Number(value=value) for value in (2, 1, 0.01)),
    )
    call = protocol.Call(function=0, positional=arguments, named={}, seed=1)
    with temporary_workdir(Path("/"), ()) as folder:
        for _ in range(IDLE_ROUNDS):
            worker = MeteredWorker(fork_server, folder, limits, meter, stages)
            worker.ask(protocol.Load(code=IDLE, filename="lab1.py", seed=1), limits.call_seconds)
            for _ in range(IDLE_CALLS):
                worker.ask(call, limits.call_seconds)
            worker.close()
    return meter.each()


def _process_of(fork_server: ForkServer, others: set[psutil.Process]) -> psutil.Process:
    """The process of the fork server; `others` are earlier children, including other fork servers."""
    fork_server.require()
    (process,) = (
        child
        for child in set(psutil.Process().children()) - others
        if "grader.worker.fork_server" in child.cmdline()
    )
    return process


def _used(process: psutil.Process) -> tuple[float, float]:
    """The CPU seconds of the process itself, and of its children that have ended."""
    times = process.cpu_times()
    return times.user + times.system, times.children_user + times.children_system
