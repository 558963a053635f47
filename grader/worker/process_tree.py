"""End a worker with everything it started, however it tried to escape.

If workers are not locked, a submission can start programs, put them into a session of their own and leave
them without a parent. The fork server adopts processes that lose their parent, and has no other children
except workers: every other child is a stray, and strays are ended.
"""

import ctypes
import os
import signal
import sys
from collections.abc import Collection
from typing import Final

import psutil

__all__ = ["adopt_orphans", "end"]

PR_SET_CHILD_SUBREAPER: Final = 36

MOST_ROUNDS: Final = 200
"""A program that restarts itself faster than it can be ended is left alone after this many rounds."""


def adopt_orphans() -> None:
    """Make this process the parent of all descendants that lose theirs. Linux only."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_CHILD_SUBREAPER, 1)


def end(pid: int, workers: Collection[int], lonely: bool) -> int:
    """Kill the worker, its descendants and all strays; return the worker's wait status.

    `workers` are the other workers, which stay alive; a `lonely` worker cannot have started anything.
    """
    if not lonely:
        _kill_below(pid)
    for kill in (os.killpg, os.kill):
        try:
            kill(pid, signal.SIGKILL)
        except (ProcessLookupError, PermissionError):
            pass
    try:
        status = os.waitpid(pid, 0)[1]
    except ChildProcessError:
        status = 0
    if not lonely:
        _end_strays(workers)
    return status


def _kill_below(pid: int) -> None:
    for _ in range(MOST_ROUNDS):
        try:
            descendants = psutil.Process(pid).children(recursive=True)
        except psutil.Error:
            return
        if not _kill(descendants):
            return


def _end_strays(workers: Collection[int]) -> None:
    for _ in range(MOST_ROUNDS):
        strays = [child for child in psutil.Process().children() if child.pid not in workers]
        if not strays:
            return
        for stray in strays:
            _kill_below(stray.pid)
        _kill(strays)
        for stray in strays:
            try:
                os.waitpid(stray.pid, 0)
            except ChildProcessError:
                pass


def _kill(processes: Collection[psutil.Process]) -> int:
    """Kill them and return how many were still alive."""
    alive = 0
    for process in processes:
        try:
            alive += process.status() != psutil.STATUS_ZOMBIE
            process.kill()
        except psutil.Error:
            pass
    return alive
