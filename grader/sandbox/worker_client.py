"""Talk to a worker within limits, and end it. The only file that knows the life cycle of a worker.

The grader owns the clock and the exit status: a worker that hangs, dies or sends nonsense costs the current
call (`Died`), and a fresh one can continue with the rest.
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
"""The reason for a death that the submission did not cause: the process that starts workers was lost."""

_SLICE: Final = 0.2
_FLOOD: Final = 1.0
START_SECONDS: Final = 60.0

_STARTS: Final = 3
_SLOW: Final = 1.0

_CPU_OF_PROCESS: Final = 2
"""CPUCLOCK_SCHED: with it, Linux derives the clock of a process from its id, like clock_getcpuclockid(3)."""


class Worker:
    """One worker process and the conversation with it. Raises SandboxError if none can be started.

    Its usage is charged to the allowance; without one, it may use everything that a submission may.
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
        """Whether the worker reported that it is locked, before it receives anything of a student."""
        clock = _Clock(self, START_SECONDS, self._limits, Allowance(START_SECONDS, START_SECONDS))
        try:
            return isinstance(self._receive(clock), protocol.Ready)
        except (_OverError, protocol.WireError, OSError):
            return False

    def ask(
        self, request: protocol.Request, seconds: float, allowance: Allowance | None = None
    ) -> tuple[protocol.Reply | Died, tuple[int, int] | None]:
        """Send a request; return the answer and the last statement (number, line) that a `Load` began.

        `seconds` limits the CPU time of a call or of each statement. Idle waiting is limited too, and the
        allowance (this worker's, if none is given) limits the total. Nothing is sent before the last request
        was answered, so that student code can never reach a later call. After `Died` the worker is unusable;
        if the reason is LOST, another worker may receive the same request.
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
        """The next message. Data that has arrived is read before the clock: it may show which statement is
        late."""
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
        """A complete message, removed from the front of the received data."""
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
        """CPU seconds that the worker has used; 0 if unknown."""
        if self._process is None:
            return 0.0
        try:
            return time.clock_gettime(~self._process.pid << 3 | _CPU_OF_PROCESS)
        except OSError:  # not Linux; nothing finer than hundredths of a second is available
            pass
        try:
            times = self._process.cpu_times()
        except psutil.Error:
            return 0.0
        return float(times.user + times.system)

    def limit_exceeded(self) -> str:
        """The limit that the worker exceeds, or nothing. Checks at most five times a second."""
        now = time.monotonic()
        if now - self._looked < _SLICE:
            return ""
        self._looked = now
        return limit_exceeded(self._process, self._folder, self._limits, self._alone)

    def close(self) -> int | None:
        """Kill the worker if it is still alive; return its wait status, or None if it was lost."""
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
    """Counts a call's CPU time and monitors the worker; the wall clock only limits waiting."""

    def __init__(self, worker: Worker, seconds: float, limits: Limits, allowance: Allowance) -> None:
        self._worker = worker
        self._seconds = seconds
        self._allowance = allowance
        self.slice = min(_SLICE, seconds / 4)
        """Seconds between two checks: short limits have to be kept too."""
        self.patience = max(min(seconds * limits.idle_factor, allowance.clock), 0.01)
        """Wall-clock seconds for one call or statement."""
        self._begun_all = self._checked = time.monotonic()
        self._used_all = worker.cpu()
        self.restart()

    def restart(self) -> None:
        """Start counting again, as for each statement of a file."""
        self._begun = time.monotonic()
        self._used: float | None = None  # read only for a call that takes some time

    def has_taken(self, seconds: float) -> bool:
        """Whether this much has passed since counting started."""
        return time.monotonic() - self._begun >= seconds

    def check_flood(self) -> None:
        """The same for a worker that sends without a pause: checked once a second."""
        if time.monotonic() - self._checked >= _FLOOD:
            self.check()

    def check(self) -> None:
        """Raise if the time is up or the worker exceeds a limit."""
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
        """The report on a call that took too long."""
        return Died("time", f"it was still running after {self._seconds:g} seconds")

    def pay(self) -> None:
        """Charge the usage since the start to the allowance. A worker that is gone used at most the time that
        passed."""
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
    """How a worker ended that we ended; None if it ended by itself."""
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
