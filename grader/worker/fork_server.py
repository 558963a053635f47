"""A process that has torch loaded and forks a worker on request: 15 ms instead of a second or more.

Started as ``python -I -m grader.worker.fork_server FD LEVEL`` with a Unix socket on descriptor FD. There is
no address to connect to (the weakness of a listening fork server), so a worker cannot request anything. The
process first reports what prevents it from locking workers (``{"unavailable_reason": ""}`` if nothing does; not tried
for LEVEL ``process``). Each request is one JSON object and gets one JSON answer before the next is sent:

- ``{"spawn": settings}`` with the worker's end of its own socket attached: ``{"pid": …}``
- ``{"reap": pid}``: kills the worker and everything it started, and waits for it: ``{"status": …}``

It ends when the grader does, and its workers end with it.
"""

import gc
import os
import resource
import socket
import sys
import tempfile
from functools import partial
from typing import Final

import msgspec

from grader.worker import process_tree
from grader.worker.forked_child import forked
from grader.worker.isolation.lockdown import Lockdown, prepared
from grader.worker.isolation.rlimits import address_space, limit
from grader.worker.settings import WorkerSettings

CHANNEL: Final = 3


class Request(msgspec.Struct):
    """One request from the grader; exactly one field is set."""

    spawn: WorkerSettings | None = None
    reap: int | None = None


def main() -> None:
    """Serve spawn and reap requests until the grader closes its end."""
    control = socket.socket(fileno=int(sys.argv[1]))
    lockdown, problem = prepared() if sys.argv[2] == "strict" else (None, "")
    control.sendall(msgspec.json.encode({"unavailable_reason": problem}))

    import torch

    from grader.worker import request_loop  # noqa: F401  loaded once here, shared by every worker

    torch.set_num_threads(1)
    # Objects exempt from garbage collection are not written to, so their memory stays shared with all
    # workers.
    gc.collect()
    gc.freeze()
    process_tree.adopt_orphans()
    workers: set[int] = set()
    decoder = msgspec.json.Decoder(Request)
    while True:
        data, descriptors, _, _ = socket.recv_fds(control, 65536, 1)
        if not data:
            break
        request = decoder.decode(data)
        if request.spawn is not None:
            pid = forked(control, partial(_become_worker, request.spawn, descriptors[0], lockdown))
            workers.add(pid)
            os.close(descriptors[0])
            control.sendall(msgspec.json.encode({"pid": pid}))
        elif request.reap is not None:
            workers.discard(request.reap)
            status = process_tree.end(request.reap, workers, lonely=lockdown is not None)
            control.sendall(msgspec.json.encode({"status": status}))
    for pid in tuple(workers):
        workers.discard(pid)
        process_tree.end(pid, workers, lonely=lockdown is not None)


def _become_worker(settings: WorkerSettings, descriptor: int, lockdown: Lockdown | None) -> None:
    os.chdir(settings.folder)
    tempfile.tempdir = os.environ["TMPDIR"] = os.environ["MPLCONFIGDIR"] = settings.folder
    sys.dont_write_bytecode = True
    space = address_space()
    if lockdown is not None:
        lockdown.shut_files(settings.folder)
    os.dup2(descriptor, CHANNEL)
    os.closerange(CHANNEL + 1, 1 << 20)
    _limit(settings, space)
    if lockdown is not None:
        lockdown.shut_calls()

    from grader.worker.request_loop import serve

    serve(CHANNEL, settings.folder)


def _limit(settings: WorkerSettings, space: int) -> None:
    limit(
        {
            resource.RLIMIT_AS: space + settings.memory,
            resource.RLIMIT_FSIZE: settings.file_size,
            resource.RLIMIT_NOFILE: settings.open_files,
            resource.RLIMIT_CORE: 0,
            resource.RLIMIT_MEMLOCK: 0,
            resource.RLIMIT_MSGQUEUE: 0,
            resource.RLIMIT_CPU: settings.cpu_seconds,
            **({resource.RLIMIT_NPROC: settings.user_processes} if settings.user_processes else {}),
        }
    )


if __name__ == "__main__":
    main()
