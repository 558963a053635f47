"""The grader's side of the process that starts workers for student code."""

import os
import socket
from pathlib import Path
from typing import Final

import psutil

from grader.core.limits import Isolation, Limits
from grader.sandbox.fork_client import ForkClient
from grader.sandbox.reader_client import Readers
from grader.worker.settings import WorkerSettings

__all__ = ["ForkServer"]

ROOM_FOR_PROCESSES: Final = 1024
"""Processes and threads of the user that may be added to those running when grading begins."""


class ForkServer(ForkClient):
    """The process that has torch loaded and forks workers, together with the one that reads submitted files."""

    program = "grader.worker.fork_server"
    settings = {"PYTHONHASHSEED": "0", "MPLBACKEND": "Agg"}  # noqa: RUF012

    def __init__(self, isolation: Isolation = "auto") -> None:
        super().__init__(isolation)
        self._readers: Readers | None = None
        self._start()
        self._user_processes = _processes_of_this_user() + ROOM_FOR_PROCESSES if os.getuid() else 0

    @property
    def readers(self) -> Readers:
        """The readers of submitted files and printed text, isolated like workers; started on first use."""
        level = self.level
        with self._lock:
            self._readers = self._readers or Readers(level)
            return self._readers

    def spawn(self, folder: Path, limits: Limits) -> tuple[int, socket.socket, int]:
        """Fork a worker; return its process id, the grader's end of its socket, and the generation.

        Raises SandboxError if even a second fork server fails.
        """
        return self.fork(
            WorkerSettings(
                folder=str(folder),
                memory=limits.memory,
                file_size=limits.file_size,
                open_files=limits.open_files,
                cpu_seconds=int(2 * limits.submission_seconds + limits.search_seconds) + 30,
                user_processes=self._user_processes,
            )
        )

    def reap(self, pid: int, generation: int) -> int | None:
        """Kill the worker and everything it started, and return its wait status; None if it was lost before."""
        ended = self.end(pid, generation)
        return ended["status"] if ended is not None else None

    def close(self) -> None:
        """End the fork server with every live worker and everything they started, and the readers."""
        if self._readers is not None:
            self._readers.close()
        super().close()


def _processes_of_this_user() -> int:
    user = os.getuid()
    return sum(
        process.info["num_threads"] or 1
        for process in psutil.process_iter(["uids", "num_threads"])
        if process.info["uids"] is not None and process.info["uids"].real == user
    )
