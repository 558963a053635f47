"""Our side: a task is sent to a process of its own, and what it answers until it is done or ended is taken."""

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
"""Address space of one process that reads."""

IDLE_FACTOR: Final = 4.0
"""Seconds on the clock for each of CPU time, on a machine that is busy with others."""

START_SECONDS: Final = 30.0

_STARTS: Final = 3


class Answers(NamedTuple):
    """What a process answered before it ended, and whether that is everything."""

    bodies: tuple[bytes, ...]
    whole: bool
    cpu: float = 0.0
    """Seconds it took."""
    signal: int = 0
    """What ended it; 0 where nothing did."""


class Readers(ForkClient):
    """Has tasks done, each by a process of its own. Safe to use from several threads."""

    program = "grader.confined.fork_server"

    def ask(self, task: Task, settings: ReaderSettings, most: int = ANSWER) -> Answers:
        """Have a task done; at most so many bytes are taken for an answer.

        A process that is lost with the server is replaced. Raises SandboxError where none can be started.
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
        """End all that is being read, at once."""
        self._closed = True
        process = self._process
        if process is not None:  # who waits for its answer holds the lock until then
            process.kill()
        super().close()


def _talk(
    channel: socket.socket, request: bytes, seconds: float, most: int
) -> tuple[tuple[bytes, ...], bool]:
    """Send the task; return the answers that arrived as a whole, and whether the last of all was among them."""
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
    """The readers of whoever has none: they end with this program."""
    readers = Readers(isolation)
    atexit.register(readers.close)
    return readers
