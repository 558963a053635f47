"""Talk to a worker within limits, and end it. The only file that knows how a worker's life may go.

The grader owns the clock and the exit status: a worker that hangs, dies or sends nonsense costs the call
it was in (`Died`), and a fresh one can go on with the rest.
"""

import os
import select
import signal
import struct
import time
from collections import deque
from collections.abc import Sequence
from pathlib import Path
from typing import Final

import psutil

from grader import wire
from grader.errors import SandboxError
from grader.excess import excess
from grader.forkserver import Zygote
from grader.limits import Limits
from grader.model import Died
from grader.private import private_copy

__all__ = ["LOST", "Limits", "Worker", "Zygote", "private_copy"]

LOST: Final = "lost"
"""The reason of a death that is not the submission's own: the process that starts workers was lost."""

_SLICE: Final = 0.2
_FLOOD: Final = 1.0
START_SECONDS: Final = 60.0

_STARTS: Final = 3

_TOGETHER: Final = 1 << 14
"""Bytes of requests sent before the first is answered: far less than a socket holds, so that nobody waits in sending
for somebody who waits in sending too."""

_CPU_OF_PROCESS: Final = 2
"""CPUCLOCK_SCHED: with it Linux makes the clock of a process out of its number, as clock_getcpuclockid(3) does."""


class Worker:
    """One worker process and the conversation with it. Raises SandboxError where none can be started."""

    def __init__(self, zygote: Zygote, folder: Path, limits: Limits) -> None:
        self._zygote = zygote
        self._folder = folder
        self._limits = limits
        self._looked = time.monotonic()
        self._alone = zygote.level == "strict"
        for _ in range(_STARTS):
            self._pid, self._channel, self._generation = zygote.spawn(folder, limits)
            self._arrived = bytearray()
            self._waiting: deque[bytes] = deque()
            self._unanswered = 0
            self._process = psutil.Process(self._pid) if psutil.pid_exists(self._pid) else None
            if self._is_ready():
                return
            self.close()
        raise SandboxError("a worker ended before it had read anything")

    def _is_ready(self) -> bool:
        """Whether the worker said that it is locked in, before it is sent anything of a student."""
        clock = _Clock(self, START_SECONDS, self._limits)
        try:
            return isinstance(self._receive(clock), wire.Ready)
        except (_OverError, wire.WireError, OSError):
            return False

    def ask(self, request: wire.Request, seconds: float) -> tuple[wire.Reply | Died, tuple[int, int] | None]:
        """Send a request; return the answer and the last statement (number, line) a `Load` began.

        `seconds` bounds the CPU time of a call or of each statement; waiting idly is bounded too. After
        `Died` the worker is of no more use; where its reason is LOST, another may be asked the same.
        """
        self._waiting.append(_framed(request))
        return self._answer(request, seconds)

    def ask_all(self, calls: Sequence[tuple[wire.Call, float]]) -> tuple[wire.Reply | Died, ...]:
        """The answers to several calls, each bounded by its own seconds; the last may be `Died`, with the rest unmade.

        The worker finds the next call waiting and need not be woken for it.
        """
        self._waiting += [_framed(request) for request, _ in calls]
        answers: list[wire.Reply | Died] = []
        for request, seconds in calls:
            answers.append(self._answer(request, seconds)[0])
            if isinstance(answers[-1], Died):
                break
        return tuple(answers)

    def _answer(
        self, request: wire.Request, seconds: float
    ) -> tuple[wire.Reply | Died, tuple[int, int] | None]:
        statement: tuple[int, int] | None = None
        clock = _Clock(self, seconds, self._limits)
        try:
            self._send_waiting(seconds * self._limits.idle_factor)
            while True:
                reply = self._receive(clock)
                if not isinstance(reply, wire.Started):
                    self._unanswered -= 1
                    return _expected(request, reply), statement
                if statement is not None and reply.statement <= statement[0]:
                    raise wire.WireError("statements began in another order than they stand")
                statement = (reply.statement, reply.line)
                clock.restart()
        except _OverError as over:
            self.close()
            return over.died, statement
        except TimeoutError:
            self.close()
            return _time_up(seconds), statement
        except wire.WireError as error:
            self.close()
            return Died("protocol", str(error)), statement
        except OSError:
            return _death(self.close()), statement

    def _send_waiting(self, patience: float) -> None:
        """Send what waits, where the worker has answered all before: as much as fits without anybody reading."""
        if self._unanswered:
            return
        together = bytearray()
        while self._waiting and (not together or len(together) + len(self._waiting[0]) <= _TOGETHER):
            together += self._waiting.popleft()
            self._unanswered += 1
        self._channel.settimeout(patience)
        self._channel.sendall(together)

    def _receive(self, clock: "_Clock") -> wire.Reply:
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
        return wire.decode_reply(body)

    def _next_body(self) -> bytes | None:
        """A message that has arrived as a whole, taken off the front of what arrived."""
        if len(self._arrived) < 4:
            return None
        size = struct.unpack_from("<I", self._arrived)[0]
        if size > wire.MAX_REPLY_BYTES:
            raise wire.WireError(f"an answer of {size} bytes was announced")
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

    def excess(self) -> str:
        """What the worker has too much of, or nothing. Looks five times a second at most."""
        now = time.monotonic()
        if now - self._looked < _SLICE:
            return ""
        self._looked = now
        return excess(self._process, self._folder, self._limits, self._alone)

    def close(self) -> int | None:
        """Kill the worker if it is still alive; return its wait status, or None where it was lost."""
        if self._pid == 0:
            return 0
        pid, self._pid = self._pid, 0
        self._channel.close()
        return self._zygote.reap(pid, self._generation)


class _OverError(Exception):
    """The worker has to be ended."""

    def __init__(self, died: Died) -> None:
        super().__init__(died.text)
        self.died = died


def _time_up(seconds: float) -> Died:
    return Died("time", f"it was still running after {seconds:g} seconds")


class _Clock:
    """Counts a call's CPU time and looks after the worker; the wall clock only bounds waiting."""

    def __init__(self, worker: Worker, seconds: float, limits: Limits) -> None:
        self._worker = worker
        self._seconds = seconds
        self.slice = min(_SLICE, seconds / 4)
        """Seconds between two looks: a short limit is to be kept to as well."""
        self._idle_factor = limits.idle_factor
        # Of whatever a worker says it begins, all together must end.
        self._last = time.monotonic() + limits.idle_factor * max(seconds, limits.submission_seconds)
        self.restart()

    def restart(self) -> None:
        """Begin to count anew, as each statement of a file does."""
        self._begun = self._checked = time.monotonic()
        self._used: float | None = None  # read only for a call that takes a while

    def check_flood(self) -> None:
        """The same for a worker that sends without a pause: looked at once a second."""
        if time.monotonic() - self._checked >= _FLOOD:
            self.check()

    def check(self) -> None:
        """Raise where the time is up or the worker has too much of something."""
        self._checked = time.monotonic()
        too_much = self._worker.excess()
        if too_much:
            raise _OverError(Died("resources", too_much))
        now = time.monotonic()
        elapsed = now - self._begun
        if elapsed < self.slice:
            return
        if self._used is None:
            self._used = self._worker.cpu()
        out_of_cpu = (
            elapsed >= self._seconds and self._worker.cpu() - self._used >= self._seconds - self.slice
        )
        if out_of_cpu or elapsed >= self._seconds * self._idle_factor or now >= self._last:
            raise _OverError(_time_up(self._seconds))


def _framed(request: wire.Request) -> bytes:
    body = wire.encode(request)
    return struct.pack("<I", len(body)) + body


def _expected(request: wire.Request, reply: wire.Reply) -> wire.Reply:
    wanted = (wire.Loaded,) if isinstance(request, wire.Load) else (wire.Returned, wire.Raised)
    if not isinstance(reply, wanted):
        raise wire.WireError(f"{type(reply).__name__} does not answer {type(request).__name__}")
    return reply


def _death(status: int | None) -> Died:
    if status is None:
        return Died(LOST, "its process was lost")
    if os.WIFSIGNALED(status):
        number = os.WTERMSIG(status)
        name = signal.Signals(number).name
        if number == signal.SIGXCPU:
            return Died("time", "it used up all its computing time")
        return Died("crash", f"the Python process was ended by {name}")
    return Died("exit", "it ended the whole Python process")
