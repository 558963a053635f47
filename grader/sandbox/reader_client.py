"""The grader's side of readers: send a task to its own process and collect the answers until it is done or
ended."""

import atexit
import os
import socket
import time
from functools import cache
from typing import Final, NamedTuple

from grader.core.errors import SandboxError
from grader.core.limits import Isolation
from grader.sandbox.fork_client import ForkClient
from grader.sandbox.reader_messages import ANSWER, HEAD, ReaderSettings, Task, encoded, framed

__all__ = ["MEMORY", "Answers", "Readers", "shared"]

MEMORY: Final = 1024**3
"""Address space of one reader process."""

IDLE_FACTOR: Final = 4.0
"""Wall-clock seconds per second of CPU time, for a machine that is busy with other work."""

START_SECONDS: Final = 30.0

_STARTS: Final = 3


class Answers(NamedTuple):
    """The answers of a process before it ended, and whether they are complete."""

    bodies: tuple[bytes, ...]
    whole: bool
    cpu: float = 0.0
    """CPU seconds it used."""
    signal: int = 0
    """The signal that ended it; 0 if none did."""


class Readers(ForkClient):
    """Runs tasks, each in its own process. Thread-safe."""

    program = "grader.confined.fork_server"

    def ask(self, task: Task, settings: ReaderSettings, most: int = ANSWER) -> Answers:
        """Run a task; the answer may have at most this many bytes.

        A process that is lost with the server is replaced. Raises SandboxError if none can be started.
        """
        request = framed(encoded(task))
        for _ in range(_STARTS):
            pid, channel, generation = self.fork(settings)
            with channel:
                bodies, whole = _talk(channel, request, settings.cpu_seconds, most)
            ended = self.end(pid, generation)
            if ended is not None:
                status = ended["status"]
                number = os.WTERMSIG(status) if os.WIFSIGNALED(status) and not whole else 0
                return Answers(bodies, whole, ended["milliseconds"] / 1000, number)
            if whole:
                return Answers(bodies, whole)
        raise SandboxError("the processes that read what was handed in were lost again and again")

    def close(self) -> None:
        """End all running readers at once."""
        self._closed = True
        process = self._process
        if process is not None:  # a thread that waits for its answer holds the lock until then
            process.kill()
        super().close()


def _talk(
    channel: socket.socket, request: bytes, seconds: float, most: int
) -> tuple[tuple[bytes, ...], bool]:
    """Send the task; return the answers that arrived in full, and whether the final one was among them."""
    ends = time.monotonic() + START_SECONDS + IDLE_FACTOR * seconds
    bodies: list[bytes] = []
    arrived = bytearray()
    room = most
    try:
        channel.settimeout(START_SECONDS)
        channel.sendall(request)
        while (left := ends - time.monotonic()) > 0:
            channel.settimeout(left)
            chunk = channel.recv(1 << 18)
            if not chunk:
                break
            arrived += chunk
            while len(arrived) >= HEAD.size:
                (size,) = HEAD.unpack_from(arrived)
                if size == 0:
                    return tuple(bodies), True
                if size > room:
                    return tuple(bodies), False
                if len(arrived) < HEAD.size + size:
                    break
                bodies.append(bytes(arrived[HEAD.size : HEAD.size + size]))
                room -= size
                del arrived[: HEAD.size + size]
    except OSError:
        pass  # it was ended
    return tuple(bodies), False


@cache
def shared(isolation: Isolation) -> Readers:
    """The readers for callers that have none; they end with this program."""
    readers = Readers(isolation)
    atexit.register(readers.close)
    return readers
