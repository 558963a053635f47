"""A process that has the readers loaded and forks one per task: a few milliseconds instead of a new Python.

Started as ``python -I -m grader.confined.fork_server FD LEVEL`` with a Unix socket on descriptor FD; it uses
the same protocol as `grader.worker.fork_server`. It first reports what prevents it from locking readers. Each
request is one JSON object and gets one JSON answer:

- ``{"spawn": settings}`` with the reader's end of its own socket attached: ``{"pid": …}``
- ``{"reap": pid}``: ends the reader and everything it started: ``{"status": …, "milliseconds": …}`` of CPU
  time

It never sees any student data itself. A reader limits itself, locks itself, does its task and exits.
"""

import gc
import os
import resource
import socket
import stat
import sys
from collections.abc import Sequence
from functools import partial
from typing import Final

import msgspec

from grader.confined import work
from grader.sandbox.reader_messages import END, HEAD, Read, ReaderSettings, Task, Unpack, framed, task_from
from grader.worker import process_tree
from grader.worker.forked_child import forked
from grader.worker.isolation.lockdown import Lockdown, prepared
from grader.worker.isolation.rlimits import limit

__all__ = ["CHANNEL", "LIBRARIES", "confine", "main"]

CHANNEL: Final = 3

LIBRARIES: Final = (
    "ipython", "markdown-it-py", "markdownify", "msgspec", "nbformat", "numpy", "pdfminer.six", "py-landlock",
    "pylatexenc", "pyseccomp",
)  # fmt: skip
"""Distributions that a reader may load on demand, with their dependencies."""


class Request(msgspec.Struct):
    """One request from the grader; exactly one field is set."""

    spawn: ReaderSettings | None = None
    reap: int | None = None


def main() -> None:
    """Serve spawn and reap requests until the grader closes its end."""
    control = socket.socket(fileno=int(sys.argv[1]))
    lockdown, problem = prepared(LIBRARIES) if sys.argv[2] == "strict" else (None, "")
    control.sendall(msgspec.json.encode({"unavailable_reason": problem}))
    process_tree.adopt_orphans()
    alone = lockdown is not None
    readers: set[int] = set()
    loaded: set[str] = set()
    decoder = msgspec.json.Decoder(Request)
    while True:
        data, descriptors, _, _ = socket.recv_fds(control, 65536, 1)
        if not data:
            break
        request = decoder.decode(data)
        if request.spawn is not None:
            new = set(request.spawn.kinds) - loaded
            if new or not loaded:
                work.prepare(sorted(new))
                loaded |= {*new, ""}
                gc.collect()
                gc.freeze()  # objects exempt from garbage collection are not written to, so their memory stays shared
            pid = forked(control, partial(_become_reader, request.spawn, descriptors[0], lockdown))
            readers.add(pid)
            os.close(descriptors[0])
            control.sendall(msgspec.json.encode({"pid": pid}))
        elif request.reap is not None:
            readers.discard(request.reap)
            before = _used()
            status = process_tree.end(request.reap, readers, lonely=alone)
            answer = {"status": status, "milliseconds": round(1000 * (_used() - before))}
            control.sendall(msgspec.json.encode(answer))
    for pid in tuple(readers):
        readers.discard(pid)
        process_tree.end(pid, readers, lonely=alone)


def _used() -> float:
    """CPU seconds used by readers that have ended."""
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime


def _become_reader(settings: ReaderSettings, descriptor: int, lockdown: Lockdown | None) -> None:
    os.chdir(os.sep)
    task = task_from(_received(descriptor))
    confine(settings, task, descriptor, lockdown)
    for answer in work.done(task, settings.item_seconds):
        _send(framed(answer))
    _send(framed(END))


def confine(settings: ReaderSettings, task: Task, descriptor: int, lockdown: Lockdown | None) -> None:
    """From now on, this process reads its task's files and Python's libraries, reaches nobody, and ends soon.

    Limits come first: a locked process can no longer change them.
    """
    limit(
        {
            resource.RLIMIT_AS: settings.memory,
            resource.RLIMIT_CPU: settings.cpu_seconds,
            resource.RLIMIT_FSIZE: settings.file_size,
            resource.RLIMIT_CORE: 0,
        }
    )
    if lockdown is not None:
        folder = task.folder if isinstance(task, Unpack) else None
        lockdown.shut_files(folder, [file for file in _files(task) if _is_file(file)])
    os.dup2(descriptor, CHANNEL)
    os.closerange(CHANNEL + 1, 1 << 20)
    if lockdown is not None:
        lockdown.shut_calls()


def _files(task: Task) -> Sequence[str]:
    """The files of the task."""
    if isinstance(task, Read):
        return [os.path.join(task.root, name) for name in (*task.names, *task.beside)]  # noqa: PTH118  a thousand
    return [task.archive] if isinstance(task, Unpack) else []


def _is_file(path: str) -> bool:
    try:
        return stat.S_ISREG(os.lstat(path).st_mode)
    except OSError:
        return False


def _received(descriptor: int) -> bytes:
    (size,) = HEAD.unpack(_exactly(descriptor, HEAD.size))
    return _exactly(descriptor, size)


def _exactly(descriptor: int, size: int) -> bytes:
    data = bytearray()
    while len(data) < size:
        chunk = os.read(descriptor, min(size - len(data), 1 << 20))
        if not chunk:
            raise ConnectionError("the grader closed its end")
        data += chunk
    return bytes(data)


def _send(data: bytes) -> None:
    view = memoryview(data)
    while view:
        view = view[os.write(CHANNEL, view) :]


if __name__ == "__main__":
    main()
