"""A process that has torch loaded and forks a worker when asked: 15 ms instead of a second or more.

Started as ``python -I -m grader.worker.zygote FD`` with a Unix socket on descriptor FD. There is no
address to connect to (the weakness of a fork server that listens), so a worker cannot ask for anything.
Each request is one JSON object and gets one JSON answer before the next is sent:

- ``{"spawn": settings}`` with the worker's end of its own socket attached: ``{"pid": …}``
- ``{"reap": pid}``: kills the worker's whole process group, waits for it: ``{"status": …}``

It ends when the grader does, and its workers with it.
"""

import ctypes
import os
import resource
import signal
import socket
import sys
from pathlib import Path

import msgspec

from grader.worker.settings import WorkerSettings

PR_SET_PDEATHSIG = 1


class Request(msgspec.Struct):
    """One request of the grader; exactly one field is set."""

    spawn: WorkerSettings | None = None
    reap: int | None = None


def main() -> None:
    """Serve spawn and reap requests until the grader closes its end."""
    import torch

    from grader.worker import loop  # noqa: F401  loaded once here, shared by every worker

    torch.set_num_threads(1)
    control = socket.socket(fileno=int(sys.argv[1]))
    control.sendall(b'{"ready": true}')
    decoder = msgspec.json.Decoder(Request)
    while True:
        data, descriptors, _, _ = socket.recv_fds(control, 65536, 1)
        if not data:
            return
        request = decoder.decode(data)
        if request.spawn is not None:
            pid = _spawn(request.spawn, descriptors[0], control)
            os.close(descriptors[0])
            control.sendall(msgspec.json.encode({"pid": pid}))
        elif request.reap is not None:
            control.sendall(msgspec.json.encode({"status": _reap(request.reap)}))


def _spawn(settings: WorkerSettings, descriptor: int, control: socket.socket) -> int:
    parent = os.getpid()
    pid = os.fork()
    if pid:
        return pid
    try:
        control.close()
        _become_worker(settings, descriptor, parent)
    finally:
        os._exit(0)


def _become_worker(settings: WorkerSettings, descriptor: int, parent: int) -> None:
    os.setsid()
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
        if os.getppid() != parent:
            return
    null = os.open(os.devnull, os.O_RDWR)
    for standard in (0, 1, 2):
        os.dup2(null, standard)
    os.dup2(descriptor, 3)
    os.closerange(4, 65536)
    os.chdir(settings.folder)
    _limit(settings)

    from grader.worker.loop import serve

    serve(socket.socket(fileno=3), settings.folder)


def _limit(settings: WorkerSettings) -> None:
    for kind, value in (
        (resource.RLIMIT_AS, _address_space() + settings.memory),
        (resource.RLIMIT_FSIZE, settings.file_size),
        (resource.RLIMIT_NOFILE, settings.open_files),
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_CPU, settings.cpu_seconds),
    ):
        try:
            resource.setrlimit(kind, (value, value))
        except (ValueError, OSError):
            continue  # macOS knows no RLIMIT_AS; the remaining limits still bind


def _address_space() -> int:
    statm = Path("/proc/self/statm")
    if not statm.exists():
        return 0
    return int(statm.read_text().split()[0]) * resource.getpagesize()


def _reap(pid: int) -> int:
    try:
        os.killpg(pid, signal.SIGKILL)
    except (ProcessLookupError, PermissionError):
        pass
    try:
        os.kill(pid, signal.SIGKILL)
    except ProcessLookupError:
        pass
    try:
        return os.waitpid(pid, 0)[1]
    except ChildProcessError:
        return 0


if __name__ == "__main__":
    main()
