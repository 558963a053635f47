"""Talk to a worker within limits, and end it. The only file that knows how a worker's life may go.

The grader owns the clock and the exit status: a worker that hangs, dies or sends nonsense costs the call
it was in (`Died`), and a fresh one can go on with the rest.
"""

import os
import select
import signal
import struct
import time
from pathlib import Path
from typing import Final

import psutil

from grader import protocol
from grader.core.errors import SandboxError
from grader.core.limits import Limits
from grader.core.model import Died
from grader.sandbox.allowance import Allowance, Spending
from grader.sandbox.fork_server import ForkServer
from grader.sandbox.resource_usage import limit_exceeded
from grader.sandbox.workdir import temporary_workdir

__all__ = ["LOST", "ForkServer", "Limits", "Worker", "temporary_workdir"]

LOST: Final = "lost"
"""The reason of a death that is not the submission's own: the process that starts workers was lost."""

_SLICE: Final = 0.2
_FLOOD: Final = 1.0
START_SECONDS: Final = 60.0

_STARTS: Final = 3
_SLOW: Final = 1.0

_CPU_OF_PROCESS: Final = 2
"""CPUCLOCK_SCHED: with it Linux makes the clock of a process out of its number, as clock_getcpuclockid(3) does."""


class Worker:
    """One worker process and the conversation with it. Raises SandboxError where none can be started.

    What it uses is paid from the allowance; without one it has all that a submission may use.
    """

    def __init__(
        self, fork_server: ForkServer, folder: Path, limits: Limits, allowance: Allowance | None = None
    ) -> None:
        self._fork_server = fork_server
        self._folder = folder
        self._limits = limits
        self.allowance = allowance or Spending(limits).calls
        self.slow: tuple[int, ...] = ()
        """The statements of its file that took a second or more."""
        self._looked = time.monotonic()
        self._alone = fork_server.level == "strict"
        for _ in range(_STARTS):
            self._pid, self._channel, self._generation = fork_server.spawn(folder, limits)
            self._arrived = bytearray()
            self._process = psutil.Process(self._pid) if psutil.pid_exists(self._pid) else None
            if self._is_ready():
                return
            self.close()
        raise SandboxError("a worker ended before it had read anything")

    def _is_ready(self) -> bool:
        """Whether the worker said that it is locked in, before it is sent anything of a student."""
        clock = _Clock(self, START_SECONDS, self._limits, Allowance(START_SECONDS, START_SECONDS))
        try:
            return isinstance(self._receive(clock), protocol.Ready)
        except (_OverError, protocol.WireError, OSError):
            return False

    def ask(
        self, request: protocol.Request, seconds: float, allowance: Allowance | None = None
    ) -> tuple[protocol.Reply | Died, tuple[int, int] | None]:
        """Send a request; return the answer and the last statement (number, line) a `Load` began.

        `seconds` bounds the CPU time of a call or of each statement; waiting idly is bounded too, and the allowance
        (this worker's, where none is given) bounds all together. Nothing is sent before the last request was answered, so that student code never has a
        later call within reach. After `Died` the worker is of no more use; where its reason is LOST, another may be
        asked the same.
        """
        clock = _Clock(self, seconds, self._limits, allowance or self.allowance)
        try:
            return self._answer(request, clock)
        finally:
            clock.pay()

    def _answer(
        self, request: protocol.Request, clock: "_Clock"
    ) -> tuple[protocol.Reply | Died, tuple[int, int] | None]:
        statement: tuple[int, int] | None = None
        most = len(request.code) if isinstance(request, protocol.Load) else -1
        try:
            self._channel.settimeout(clock.patience)
            self._channel.sendall(_framed(request))
            while True:
                reply = self._receive(clock)
                if not isinstance(reply, protocol.Started):
                    return _expected(request, reply), statement
                if reply.statement > most or (statement is not None and reply.statement <= statement[0]):
                    raise protocol.WireError("statements began in another order than they stand")
                if statement is not None and clock.has_taken(_SLOW):
                    self.slow += (statement[0],)
                statement = (reply.statement, reply.line)
                clock.restart()
        except (_OverError, protocol.WireError, OSError) as error:
            clock.pay()
            status = self.close()
            return _died(error, clock) or _death(status), statement

    def _receive(self, clock: "_Clock") -> protocol.Reply:
        """The next message. What has arrived is read before the clock is looked at: it may tell who is late."""
        while (body := self._next_body()) is None:
            ready, _, _ = select.select([self._channel], [], [], clock.slice)
            if not ready:
                clock.check()
                continue
            chunk = self._channel.recv(1 << 20)
            if not chunk:
                raise ConnectionError("the worker closed its end")
            self._arrived += chunk
            clock.check_flood()
        return protocol.decode_reply(body)

    def _next_body(self) -> bytes | None:
        """A message that has arrived as a whole, taken off the front of what arrived."""
        if len(self._arrived) < 4:
            return None
        size = struct.unpack_from("<I", self._arrived)[0]
        if size > protocol.MAX_REPLY_BYTES:
            raise protocol.TooMuchError(f"more than {protocol.MAX_REPLY_BYTES // 10**6} MB")
        if len(self._arrived) < 4 + size:
            return None
        body = bytes(self._arrived[4 : 4 + size])
        del self._arrived[: 4 + size]
        return body

    def cpu(self) -> float:
        """Seconds of CPU the worker has used; 0 where that cannot be known."""
        if self._process is None:
            return 0.0
        try:
            return time.clock_gettime(~self._process.pid << 3 | _CPU_OF_PROCESS)
        except OSError:  # no Linux; there is nothing finer than hundredths of a second
            pass
        try:
            times = self._process.cpu_times()
        except psutil.Error:
            return 0.0
        return float(times.user + times.system)

    def limit_exceeded(self) -> str:
        """Which limit the worker has exceeded; empty where none. Looks at most five times a second."""
        now = time.monotonic()
        if now - self._looked < _SLICE:
            return ""
        self._looked = now
        return limit_exceeded(self._process, self._folder, self._limits, self._alone)

    def close(self) -> int | None:
        """Kill the worker if it is still alive; return its wait status, or None where it was lost."""
        if self._pid == 0:
            return 0
        pid, self._pid = self._pid, 0
        self._channel.close()
        return self._fork_server.reap(pid, self._generation)


class _OverError(Exception):
    """The worker has to be ended."""

    def __init__(self, died: Died) -> None:
        super().__init__(died.text)
        self.died = died


class _Clock:
    """Counts a call's CPU time and looks after the worker; the wall clock only bounds waiting."""

    def __init__(self, worker: Worker, seconds: float, limits: Limits, allowance: Allowance) -> None:
        self._worker = worker
        self._seconds = seconds
        self._allowance = allowance
        self.slice = min(_SLICE, seconds / 4)
        """Seconds between two looks: a short limit is to be kept to as well."""
        self.patience = max(min(seconds * limits.idle_factor, allowance.clock), 0.01)
        """Seconds on the clock for one call or statement."""
        self._begun_all = self._checked = time.monotonic()
        self._used_all = worker.cpu()
        self.restart()

    def restart(self) -> None:
        """Begin to count anew, as each statement of a file does."""
        self._begun = time.monotonic()
        self._used: float | None = None  # read only for a call that takes a while

    def has_taken(self, seconds: float) -> bool:
        """Whether that much has passed since it began to count."""
        return time.monotonic() - self._begun >= seconds

    def check_flood(self) -> None:
        """The same for a worker that sends without a pause: looked at once a second."""
        if time.monotonic() - self._checked >= _FLOOD:
            self.check()

    def check(self) -> None:
        """Raise where the time is up or the worker has too much of something."""
        now = self._checked = time.monotonic()
        too_much = self._worker.limit_exceeded()
        if too_much:
            raise _OverError(Died("resources", too_much))
        used = self._worker.cpu()
        if used - self._used_all > self._allowance.cpu or now - self._begun_all > self._allowance.clock:
            raise _OverError(Died("time", self._allowance.sentence))
        elapsed = now - self._begun
        if elapsed < self.slice:
            return
        if self._used is None:
            self._used = used
        out_of_cpu = elapsed >= self._seconds and used - self._used >= self._seconds - self.slice
        if out_of_cpu or elapsed >= self.patience:
            raise _OverError(self.time_up())

    def time_up(self) -> Died:
        """What is said of a call that took too long."""
        return Died("time", f"it was still running after {self._seconds:g} seconds")

    def pay(self) -> None:
        """Take off the allowance what was used since it began. A worker that is gone used at most what passed."""
        elapsed = time.monotonic() - self._begun_all
        used = self._worker.cpu() - self._used_all
        self._allowance.pay(used if used >= 0 else elapsed, elapsed)
        self._begun_all += elapsed
        self._used_all += max(used, 0.0)


def _framed(request: protocol.Request) -> bytes:
    body = protocol.encode(request)
    return struct.pack("<I", len(body)) + body


def _expected(request: protocol.Request, reply: protocol.Reply) -> protocol.Reply:
    wanted = (
        (protocol.Loaded,) if isinstance(request, protocol.Load) else (protocol.Returned, protocol.Raised)
    )
    if not isinstance(reply, wanted):
        raise protocol.WireError(f"{type(reply).__name__} does not answer {type(request).__name__}")
    return reply


def _died(error: Exception, clock: _Clock) -> Died | None:
    """How a worker ended that we ended; None where it ended by itself."""
    if isinstance(error, _OverError):
        return error.died
    if isinstance(error, TimeoutError):
        return clock.time_up()
    if isinstance(error, protocol.TooMuchError):
        return Died("protocol", f"it returned {error}")
    if isinstance(error, protocol.WireError):
        return Died("protocol", f"it returned something that cannot be read ({error})")
    return None


def _death(status: int | None) -> Died:
    if status is None:
        return Died(LOST, "its process was lost")
    if os.WIFEXITED(status) and os.WEXITSTATUS(status) == protocol.OUT_OF_MEMORY:
        return Died("memory", "it used up all the memory it may have")
    if os.WIFSIGNALED(status):
        number = os.WTERMSIG(status)
        name = signal.Signals(number).name
        if number == signal.SIGXCPU:
            return Died("time", "it used up all its computing time")
        return Died("crash", f"the Python process was ended by {name}")
    return Died("exit", "it ended the whole Python process")
