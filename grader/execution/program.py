"""A student's program in a worker: restarted after each death, without the statement that caused it."""

import hashlib
from typing import NamedTuple

from grader import protocol
from grader.core.observation import Died
from grader.core.submission import Source
from grader.execution.bench_context import BenchContext
from grader.sandbox.allowance import Allowance
from grader.sandbox.workdir import emptied
from grader.sandbox.worker_client import LOST, Limits, Worker
from grader.sources.import_names import USUAL_IMPORTS, unimported

__all__ = ["MAX_LOSSES", "MAX_RESTARTS", "Loss", "Program", "Workers", "left_out_imports", "loading_seed"]

PROGRAMS = (".py", ".ipynb")
"""Files that run as they are; all others are reports, which show parts of a program."""

MAX_RESTARTS = 6
"""After this many deaths, a submission does not run any further."""

MAX_LOSSES = 16
"""How often a call is repeated because the process that starts workers was lost; after that it counts as a
death."""


class Loss(NamedTuple):
    """A statement that ended the worker: its line, and how it ended."""

    line: int
    text: str


class Workers:
    """Starts and ends the workers of one submission."""

    def __init__(self, context: BenchContext, calls: Allowance, files: Allowance) -> None:
        self._context = context
        self.calls, self.files = calls, files
        """What all of them together may use for calls, and for executing files."""
        self._handed_in = tuple(context.folder.iterdir())

    @property
    def have_folder(self) -> bool:
        """Whether the submission has left their workdir intact."""
        return self._context.folder.is_dir()

    def start(self) -> Worker:
        """Start a worker; it has loaded nothing yet."""
        context = self._context
        return Worker(context.fork_server, context.folder, context.limits, self.calls)

    def discard_dead(self, worker: Worker, died: Died) -> None:
        """Discard a worker that died."""
        worker.close()
        if died.reason == "resources":  # a fresh worker must not find the folder full
            emptied(self._context.folder, self._handed_in)

    def stop(self, worker: Worker) -> None:
        """Discard a worker that is no longer needed."""
        worker.close()


class Program:
    """One file of a submission in one worker after another. Not shared between threads."""

    def __init__(self, workers: Workers, source: Source, limits: Limits, seed: int, restarts: int) -> None:
        self._workers = workers
        self._source = source
        self._limits = limits
        self._seed = loading_seed(seed)
        self._restarts = restarts
        self._worker: Worker | None = None
        self._deaths = 0
        self._losses = 0
        self._skip: tuple[int, ...] = ()
        self._brief_from: int | None = None
        self.losses: list[Loss] = []
        """The statements that are left out because they ended a worker."""

    @property
    def is_over(self) -> bool:
        """Whether all of it together took too long."""
        return self._workers.calls.is_used_up

    def load(self) -> protocol.Loaded | Died:
        """Load the file, leaving out one more statement after each death.

        If the files have used up their time, slow statements are left out, and from there on everything
        except definitions.
        """
        while True:
            paying = self._workers.files if self._brief_from is None else self._workers.calls
            if self.is_over:
                return self._used_up()
            if not self._workers.have_folder:
                return Died("exit", "it removed its own folder")
            worker = self._worker = self._workers.start()
            request = protocol.Load(
                code=self._source.code,
                filename=self._source.name,
                seed=self._seed,
                before=left_out_imports(self._source),
                skip=self._skip,
                brief_from=self._brief_from,
            )
            reply, begun = worker.ask(request, self._limits.call_seconds, paying)
            if isinstance(reply, protocol.Loaded):
                return reply
            died = _died(reply)
            self._discard_dead(died)
            if died.reason == LOST and self._losses <= MAX_LOSSES:
                continue
            if begun is None or begun[0] in self._skip or self._is_given_up:
                return died
            self._skip += (begun[0],)
            if self._brief_from is None and paying.is_used_up:
                self._skip += worker.slow
                self._brief_from = begun[0]
            self.losses.append(Loss(begun[1], died.text))

    def load_aside(self, other: Source) -> protocol.Loaded | Loss:
        """Load another file in its own worker, which is then discarded."""
        if self._workers.files.is_used_up:
            return Loss(1, self._workers.files.sentence)
        request = protocol.Load(
            code=other.code, filename=other.name, seed=self._seed, before=left_out_imports(other)
        )
        if not self._workers.have_folder:
            return Loss(1, "its folder was removed")
        for _ in range(MAX_LOSSES):
            worker = self._workers.start()
            reply, begun = worker.ask(request, self._limits.call_seconds, self._workers.files)
            self._workers.stop(worker)
            if not isinstance(reply, Died) or reply.reason != LOST:
                break
        if isinstance(reply, protocol.Loaded):
            return reply
        return Loss(begun[1] if begun is not None else 1, _died(reply).text)

    def ask(self, call: protocol.Call, seconds: float) -> protocol.Reply | Died:
        """Make a call with this limit of CPU seconds."""
        while True:
            if self.is_over:
                return self._used_up()
            if self._worker is None and (self._is_given_up or not isinstance(self.load(), protocol.Loaded)):
                return Died("stopped", "its program ended too often to run any further")
            assert self._worker is not None
            reply, _ = self._worker.ask(call, seconds)
            if not isinstance(reply, Died):
                return reply
            self._discard_dead(reply)
            if reply.reason != LOST or self._losses > MAX_LOSSES:
                return reply

    def _used_up(self) -> Died:
        return Died("time", self._workers.calls.sentence)

    @property
    def _is_given_up(self) -> bool:
        return self._deaths > self._restarts

    def _discard_dead(self, died: Died) -> None:
        if self._worker is not None:
            self._workers.discard_dead(self._worker, died)
        self._worker = None
        self._losses += died.reason == LOST
        self._deaths += died.reason != LOST or self._losses > MAX_LOSSES

    def cpu(self) -> float:
        """CPU seconds that the current worker has used; 0 if there is none."""
        return self._worker.cpu() if self._worker is not None else 0.0

    def close(self) -> None:
        """End the worker."""
        if self._worker is not None:
            self._workers.stop(self._worker)
            self._worker = None


def left_out_imports(source: Source) -> str:
    """The imports that a report's code relies on and does not show; a program's own code has to have them."""
    if source.path.suffix.lower() in PROGRAMS:
        return ""
    return "\n".join(USUAL_IMPORTS[name] for name in unimported(source.code))


def _died(reply: protocol.Reply | Died) -> Died:
    return reply if isinstance(reply, Died) else Died("protocol", "the worker answered something else")


def loading_seed(seed: int) -> int:
    """The seed of generators while a file is loaded: it must not reveal the seed of the run.

    Anyone who knows that can compute all later matrices and starts.
    """
    return int.from_bytes(hashlib.sha256(f"loading {seed}".encode()).digest()[:4], "little")
