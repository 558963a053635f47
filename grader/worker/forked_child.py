"""A forked process: in a session of its own, without input and output, ended when its parent ends."""

import ctypes
import os
import signal
import socket
import sys
from collections.abc import Callable
from typing import Final

__all__ = ["forked"]

PR_SET_PDEATHSIG: Final = 1


def forked(control: socket.socket, serve: Callable[[], None]) -> int:
    """Fork; return the child's process id. The child closes `control`, calls `serve` and ends, whatever happens."""
    parent = os.getpid()
    pid = os.fork()
    if pid:
        return pid
    try:
        control.close()
        if _is_detached(parent):
            serve()
    finally:
        os._exit(0)


def _is_detached(parent: int) -> bool:
    """Detach this process from its parent's session and streams; False if the parent has ended meanwhile."""
    os.setsid()
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
        if os.getppid() != parent:
            return False
    null = os.open(os.devnull, os.O_RDWR)
    for standard in (0, 1, 2):
        os.dup2(null, standard)
    return True
