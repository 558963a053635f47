"""Start workers, talk to them within limits, kill them. The only file that knows they are processes.

The grader owns the clock and the exit status: a worker that hangs, dies or sends nonsense costs the call
it was in (`Died`), and a fresh one can go on with the rest.
"""

import os
import select
import shutil
import signal
import socket
import struct
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from typing import Final

import msgspec
import psutil

from grader import wire
from grader.errors import SandboxError
from grader.model import Died, Frozen
from grader.worker.settings import WorkerSettings

__all__ = ["Limits", "Worker", "Zygote", "private_copy"]

START_SECONDS: Final = 120.0
_SLICE: Final = 0.2


class Limits(Frozen, frozen=True):
    """What one submission may use.

    A call is ended after `call_seconds` of CPU, or after `idle_factor` times that on the clock where it
    only waits. Counting CPU keeps a busy machine from failing an honest student.
    """

    call_seconds: float = 10.0
    submission_seconds: float = 60.0
    idle_factor: float = 4.0
    memory: int = 2 * 1024**3
    file_size: int = 16 * 1024**2
    open_files: int = 64
    repairs: int = 260
    """Edited programs run to find the line of a mistake, for each failed exercise; 0 for none. A count and
    not a time, so that every machine finds the same; about 2 seconds of CPU."""


class Zygote:
    """The process that has torch loaded and forks workers. Safe to use from several threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._process: subprocess.Popen[bytes] | None = None
        self._control: socket.socket | None = None
        self._start()

    def _start(self) -> None:
        ours, theirs = socket.socketpair()
        environment = {
            "PATH": "/usr/bin:/bin",
            "LANG": "C.UTF-8",
            "PYTHONHASHSEED": "0",
            "MPLBACKEND": "Agg",
            "OMP_NUM_THREADS": "1",
            "OPENBLAS_NUM_THREADS": "1",
            "MKL_NUM_THREADS": "1",
        }
        command = [sys.executable, "-I", "-m", "grader.worker.zygote", str(theirs.fileno())]
        self._process = subprocess.Popen(
            command,
            env=environment,
            pass_fds=(theirs.fileno(),),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            start_new_session=True,
        )
        theirs.close()
        self._control = ours
        self._ready = False

    def _ask(self, request: bytes, descriptors: Sequence[int] = ()) -> dict[str, int]:
        assert self._control is not None
        self._control.settimeout(START_SECONDS)
        try:
            if not self._ready:
                self._ready = self._control.recv(4096) != b""
            if not self._ready:
                raise ConnectionError("it ended at once")
            socket.send_fds(self._control, [request], list(descriptors))
            return msgspec.json.decode(self._control.recv(4096), type=dict[str, int])
        except (OSError, msgspec.MsgspecError) as error:
            raise SandboxError(
                f"the process that starts workers does not answer ({error}){self._last_words()}"
            ) from error

    def _last_words(self) -> str:
        if self._process is None or self._process.poll() is None or self._process.stderr is None:
            return ""
        words = self._process.stderr.read().decode("utf-8", "replace").strip().splitlines()
        return f": {words[-1]}" if words else ""

    def spawn(self, folder: Path, limits: Limits) -> tuple[int, socket.socket]:
        """Fork a worker; return its process id and the grader's end of its socket.

        Raises SandboxError where even a second zygote cannot.
        """
        settings = WorkerSettings(
            folder=str(folder),
            memory=limits.memory,
            file_size=limits.file_size,
            open_files=limits.open_files,
            cpu_seconds=int(limits.submission_seconds) + 30,
        )
        request = msgspec.json.encode({"spawn": settings})
        ours, theirs = socket.socketpair()
        with theirs, self._lock:
            try:
                answer = self._ask(request, (theirs.fileno(),))
            except SandboxError:
                self._replace()
                answer = self._ask(request, (theirs.fileno(),))
        return answer["pid"], ours

    def reap(self, pid: int) -> int:
        """Kill the worker and all of its process group, and return its wait status."""
        with self._lock:
            try:
                return self._ask(msgspec.json.encode({"reap": pid}))["status"]
            except SandboxError:
                self._replace()
                return 0

    def _replace(self) -> None:
        self._stop()
        self._start()

    def _stop(self) -> None:
        if self._control is not None:
            self._control.close()
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            if self._process.stderr is not None:
                self._process.stderr.close()
        self._process = self._control = None

    def close(self) -> None:
        """End the zygote and with it every worker still alive."""
        with self._lock:
            self._stop()

    def __enter__(self) -> "Zygote":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, tb: TracebackType | None
    ) -> None:
        self.close()


class Worker:
    """One worker process and the conversation with it."""

    def __init__(self, zygote: Zygote, folder: Path, limits: Limits) -> None:
        self._zygote = zygote
        self._limits = limits
        self._pid, self._channel = zygote.spawn(folder, limits)
        self._process = psutil.Process(self._pid) if psutil.pid_exists(self._pid) else None

    def ask(self, request: wire.Request, seconds: float) -> tuple[wire.Reply | Died, tuple[int, int] | None]:
        """Send a request; return the answer and the last statement (number, line) a `Load` began.

        `seconds` bounds the CPU time of a call or of each statement; waiting idly is bounded too. After `Died` the worker is of no more use.
        """
        body = wire.encode(request)
        statement: tuple[int, int] | None = None
        clock = _Clock(self._process, seconds, self._limits.idle_factor)
        try:
            self._channel.setblocking(True)
            self._channel.sendall(struct.pack("<I", len(body)) + body)
            while True:
                header = self._exactly(4, clock)
                size = struct.unpack("<I", header)[0]
                if size > wire.MAX_REPLY_BYTES:
                    raise wire.WireError(f"an answer of {size} bytes was announced")
                reply = wire.decode_reply(self._exactly(size, clock))
                if not isinstance(reply, wire.Started):
                    return _expected(request, reply), statement
                statement = (reply.statement, reply.line)
                clock.restart()
        except _TimeUpError:
            self.close()
            return Died("time", f"it was still running after {seconds:g} seconds"), statement
        except wire.WireError as error:
            self.close()
            return Died("protocol", str(error)), statement
        except OSError:
            return _death(self.close()), statement

    def _exactly(self, count: int, clock: "_Clock") -> bytes:
        data = bytearray()
        while len(data) < count:
            ready, _, _ = select.select([self._channel], [], [], _SLICE)
            if ready:
                chunk = self._channel.recv(min(count - len(data), 1 << 20))
                if not chunk:
                    raise ConnectionError("the worker closed its end")
                data += chunk
            clock.check()
        return bytes(data)

    def cpu(self) -> float:
        """Seconds of CPU the worker has used."""
        times = self._process.cpu_times() if self._process is not None else None
        return float(times.user + times.system) if times is not None else 0.0

    def close(self) -> int:
        """Kill the worker if it is still alive; return its wait status."""
        if self._pid == 0:
            return 0
        pid, self._pid = self._pid, 0
        self._channel.close()
        return self._zygote.reap(pid)


class _TimeUpError(Exception):
    pass


class _Clock:
    """Counts a call's CPU time; the wall clock only bounds waiting."""

    def __init__(self, process: psutil.Process | None, seconds: float, idle_factor: float) -> None:
        self._process = process
        self._seconds = seconds
        self._idle_factor = idle_factor
        self.restart()

    def restart(self) -> None:
        """Begin to count anew, as each statement of a file does."""
        self._begun = time.monotonic()
        self._used: float | None = None  # read only for a call that takes a while: it costs 70 µs

    def _cpu(self) -> float:
        if self._process is None:
            return 0.0
        try:
            times = self._process.cpu_times()
        except psutil.Error:
            return 0.0
        return float(times.user + times.system)

    def check(self) -> None:
        """Raise where the time is up."""
        elapsed = time.monotonic() - self._begun
        if elapsed < _SLICE:
            return
        if self._used is None:
            self._used = self._cpu()
        out_of_cpu = elapsed >= self._seconds and self._cpu() - self._used >= self._seconds - _SLICE
        if out_of_cpu or elapsed >= self._seconds * self._idle_factor:
            raise _TimeUpError


def _expected(request: wire.Request, reply: wire.Reply) -> wire.Reply:
    wanted = (wire.Loaded,) if isinstance(request, wire.Load) else (wire.Returned, wire.Raised)
    if not isinstance(reply, wanted):
        raise wire.WireError(f"{type(reply).__name__} does not answer {type(request).__name__}")
    return reply


def _death(status: int) -> Died:
    if os.WIFSIGNALED(status):
        number = os.WTERMSIG(status)
        name = signal.Signals(number).name
        if number == signal.SIGXCPU:
            return Died("time", "it used up all its computing time")
        return Died("crash", f"the Python process was ended by {name}")
    return Died("exit", "it ended the whole Python process")


class private_copy:  # noqa: N801  used as a function: `with private_copy(root, files) as folder`
    """A temporary folder with a copy of the files handed in, removed afterwards.

    Files beyond `most` bytes in all are left out: a worker reads its own folder only.
    """

    def __init__(self, root: Path, files: Sequence[Path], most: int = 32 * 1024**2) -> None:
        self._root, self._files, self._most = root, files, most

    def __enter__(self) -> Path:
        self._folder = tempfile.mkdtemp(prefix="grade-")
        room = self._most
        for file in self._files:
            size = file.stat().st_size
            if size > room:
                continue
            room -= size
            target = Path(self._folder) / file.relative_to(self._root)
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(file, target)
        return Path(self._folder)

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, tb: TracebackType | None
    ) -> None:
        shutil.rmtree(self._folder, ignore_errors=True)
