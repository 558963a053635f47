"""The grader's side of a process that forks others: started once, asked for processes, replaced when lost."""

import socket
import subprocess
import sys
import threading
from collections.abc import Mapping, Sequence
from types import TracebackType
from typing import ClassVar, Final, Self

import msgspec

from grader.core.errors import IsolationError, SandboxError
from grader.core.limits import Isolation, Level

__all__ = ["ForkClient"]

START_SECONDS: Final = 120.0
"""Loading torch takes a second or two; on a cold, shared disk, much longer."""

ANSWER_SECONDS: Final = 30.0

ENVIRONMENT: Final = {
    "PATH": "/usr/bin:/bin",
    "LANG": "C.UTF-8",
    "OMP_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
    "MKL_NUM_THREADS": "1",
}


class ForkClient:
    """A process that has loaded what others need and forks them. Thread-safe.

    `isolation` is the requested level: `strict` is refused if this machine does not support it
    (IsolationError, from the first use on), `auto` uses the strongest supported level, `process` only
    separates and limits.
    """

    program: ClassVar[str]
    """The module to run: it reports what prevents `strict`, then answers requests until its socket is closed."""
    settings: ClassVar[Mapping[str, str]] = {}
    """Environment variables in addition to the few that every process gets."""

    def __init__(self, isolation: Isolation = "auto") -> None:
        self._lock = threading.RLock()
        self._wanted: Isolation = isolation
        self._level: Level | None = None
        self._unavailable_reason = ""
        self._generation = 0
        self._closed = False
        self._process: subprocess.Popen[bytes] | None = None
        self._control: socket.socket | None = None
        self._greeted = self._answered = False

    @property
    def level(self) -> Level:
        """The isolation level of the processes. Waits until this machine's support has been tested."""
        self.require()
        assert self._level is not None
        return self._level

    def require(self) -> None:
        """Raise IsolationError if this machine does not support the requested level."""
        with self._lock:
            if self._level is None:
                try:
                    self._started()
                    self._greet()
                except (OSError, msgspec.MsgspecError) as error:
                    raise SandboxError(f"no worker can be started ({error}){self._last_words()}") from error

    @property
    def unavailable_reason(self) -> str:
        """What prevents `strict` on this machine, in a few words; empty if it is supported or was not tried."""
        return self._unavailable_reason if self.level == "process" else ""

    @property
    def generation(self) -> int:
        """How many times the process was replaced: children of earlier ones are lost."""
        return self._generation

    def _started(self) -> None:
        if self._closed:
            raise SandboxError("grading was stopped")
        if self._process is None:
            self._start()

    def _start(self) -> None:
        ours, theirs = socket.socketpair()
        tried = "process" if self._wanted == "process" else "strict"
        self._process = subprocess.Popen(
            [sys.executable, "-I", "-m", self.program, str(theirs.fileno()), tried],
            env={**ENVIRONMENT, **self.settings},
            pass_fds=(theirs.fileno(),),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            start_new_session=True,
        )
        theirs.close()
        self._control = ours
        self._greeted = self._answered = False

    def _greet(self) -> None:
        assert self._control is not None
        self._control.settimeout(START_SECONDS)
        greeting = self._control.recv(65536)
        if not greeting:
            raise ConnectionError("it ended at once")
        unavailable_reason = msgspec.json.decode(greeting, type=dict[str, str])["unavailable_reason"]
        self._greeted = True
        if unavailable_reason and (self._wanted == "strict" or self._level == "strict"):
            raise IsolationError(
                f"--isolation strict is not supported here: {unavailable_reason}. `grade doctor` shows what this machine "
                "supports; --isolation process only separates and limits submissions."
            )
        self._level = "process" if unavailable_reason or self._wanted == "process" else "strict"
        self._unavailable_reason = unavailable_reason

    def _ask(self, request: bytes, descriptors: Sequence[int] = ()) -> dict[str, int]:
        try:
            self._started()
            if self._control is None:
                raise ConnectionError("it was closed")
            if not self._greeted:
                self._greet()
            self._control.settimeout(ANSWER_SECONDS if self._answered else START_SECONDS)
            socket.send_fds(self._control, [request], list(descriptors))
            answer = msgspec.json.decode(self._control.recv(4096), type=dict[str, int])
            self._answered = True
            return answer
        except (OSError, msgspec.MsgspecError) as error:
            raise SandboxError(
                f"the process that starts workers does not answer ({error}){self._last_words()}"
            ) from error

    def _last_words(self) -> str:
        if self._process is None or self._process.poll() is None or self._process.stderr is None:
            return ""
        words = self._process.stderr.read().decode("utf-8", "replace").strip().splitlines()
        return f": {words[-1]}" if words else ""

    def fork(self, settings: msgspec.Struct) -> tuple[int, socket.socket, int]:
        """Fork a process; return its id, the grader's end of its socket, and the generation.

        Raises SandboxError if even a second server fails.
        """
        request = msgspec.json.encode({"spawn": settings})
        ours, theirs = socket.socketpair()
        with theirs, self._lock:
            try:
                answer = self._ask(request, (theirs.fileno(),))
            except SandboxError:
                self._replace()
                answer = self._ask(request, (theirs.fileno(),))
            return answer["pid"], ours, self._generation

    def end(self, pid: int, generation: int) -> dict[str, int] | None:
        """Kill a process and everything it started, and return how it ended; None if it was lost before."""
        with self._lock:
            if generation != self._generation:
                return None
            try:
                return self._ask(msgspec.json.encode({"reap": pid}))
            except SandboxError:
                self._replace()
                return None

    def _replace(self) -> None:
        if self._closed:
            raise SandboxError("grading was stopped")
        self._stop(patience=0.0)
        self._generation += 1
        self._start()

    def _stop(self, patience: float) -> None:
        if self._control is not None:
            self._control.close()
        if self._process is not None:
            try:
                self._process.wait(patience)
            except subprocess.TimeoutExpired:
                self._process.kill()
                self._process.wait()
            if self._process.stderr is not None:
                self._process.stderr.close()
        self._process = self._control = None

    def close(self) -> None:
        """End the process, every process it forked, and everything those started."""
        with self._lock:
            self._closed = True
            self._stop(patience=5.0 if self._level == "process" else 0.0)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, tb: TracebackType | None
    ) -> None:
        self.close()
