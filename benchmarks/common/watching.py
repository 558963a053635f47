"""Run a command and record the resources that it and its workers use until it ends."""

import resource
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Final

import msgspec
import psutil

__all__ = ["Moment", "Watched", "children_cpu", "watch"]

MB: Final = 1e6
FORK_SERVER: Final = "grader.worker.fork_server"


class Moment(msgspec.Struct, frozen=True, kw_only=True):
    """The resources in use at one time; memory in MB."""

    seconds: float
    memory: float
    """The memory of the command's own process."""
    descriptors: int
    processes: int
    """The number of processes: the command, and everything it started."""
    workers: tuple[tuple[float, float], ...]
    """For each worker, its private memory and its proportional share (PSS)."""


class Watched(msgspec.Struct, frozen=True, kw_only=True):
    """A command that has ended."""

    status: int
    output: str
    wall: float
    cpu: float
    """CPU seconds, including everything that the command started."""
    peak: float
    """The peak memory of the command's own process, in MB."""
    moments: tuple[Moment, ...]

    def workers(self) -> tuple[tuple[float, float], ...]:
        """The private memory and PSS of every worker at every moment."""
        return tuple(worker for moment in self.moments for worker in moment.workers)


def children_cpu() -> float:
    """The CPU seconds of all ended child processes, including their own children."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def watch(
    command: Sequence[str],
    environment: Mapping[str, str],
    every: float = 1.0,
    look: Callable[[], None] = lambda: None,
) -> Watched:
    """Run a command to its end; record a moment `every` so many seconds, and then call `look`."""
    moments: list[Moment] = []
    before, begun = children_cpu(), time.monotonic()
    peak = 0.0
    with (
        tempfile.TemporaryFile("w+", encoding="utf-8") as said,  # a pipe that nobody reads would fill up
        subprocess.Popen(command, env=dict(environment), stdin=subprocess.DEVNULL, stdout=said) as process,
    ):
        seen = psutil.Process(process.pid)
        while process.poll() is None:
            try:
                process.wait(every)
            except subprocess.TimeoutExpired:
                moments += _moment(seen, time.monotonic() - begun)
                peak = max(peak, _peak(process.pid))
                look()
        wall = time.monotonic() - begun
        said.seek(0)
        output = said.read()
    return Watched(
        status=process.returncode,
        output=output,
        wall=wall,
        cpu=children_cpu() - before,
        peak=peak,
        moments=tuple(moments),
    )


def _peak(pid: int) -> float:
    try:
        lines = Path(f"/proc/{pid}/status").read_text(encoding="utf-8").splitlines()
    except OSError:
        return 0.0
    return sum(int(line.split()[1]) for line in lines if line.startswith("VmHWM")) * 1024 / MB


def _moment(process: psutil.Process, seconds: float) -> Iterator[Moment]:
    """The resources in use now; nothing if the command has just ended."""
    try:
        started = process.children(recursive=True)
        fork_servers = {
            child.pid for child in started if FORK_SERVER in child.cmdline() and child.ppid() == process.pid
        }
        workers = [child.pid for child in started if child.ppid() in fork_servers]
        descriptors = process.num_fds()
        memory = process.memory_info().rss / MB
        # A process that has ended, but whose status nobody has read, may report no memory.
        if not memory:
            return
        yield Moment(
            seconds=round(seconds, 2),
            memory=memory,
            descriptors=descriptors,
            processes=1 + len(started),
            workers=tuple(used for pid in workers for used in _memory_of(pid)),
        )
    except psutil.Error:
        return


def _memory_of(pid: int) -> Iterator[tuple[float, float]]:
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text(encoding="utf-8").splitlines()[1:]
    except OSError:
        return
    sizes = {
        name: int(size.split()[0]) * 1024 / MB for name, _, size in (line.partition(":") for line in lines)
    }
    if sizes:  # a process that has just ended has none
        yield sizes["Private_Clean"] + sizes["Private_Dirty"], sizes["Pss"]
