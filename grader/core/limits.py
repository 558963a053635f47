"""The limits of one submission, and the isolation levels."""

from typing import Literal, TypeAlias

from grader.core.model import Frozen

__all__ = ["Isolation", "Level", "Limits"]

Isolation: TypeAlias = Literal["auto", "strict", "process"]
"""The requested level; `auto` is the strongest that the machine supports."""

Level: TypeAlias = Literal["strict", "process"]
"""The level in use."""


class Limits(Frozen, frozen=True):
    """The limits of one submission; sizes in bytes.

    A call is ended after `call_seconds` of CPU, or, if it only waits, after `idle_factor` times that on the
    clock. All files of a submission together, restarts included, have `submission_seconds` of CPU, and all
    calls as much again; or `idle_factor` times that on the clock. Counting CPU time ensures that a busy
    machine fails no honest student.
    """

    call_seconds: float = 10.0
    submission_seconds: float = 60.0
    search_seconds: float = 30.0
    """CPU seconds of all edited programs of a submission together; the count of `repairs` ends the search
    long before."""
    idle_factor: float = 4.0
    memory: int = 2 * 1024**3
    file_size: int = 16 * 1024**2
    """One file."""
    open_files: int = 64
    folder_size: int = 64 * 1024**2
    """All files of a submission together, including those handed in."""
    folder_files: int = 2_000
    repairs: int = 260
    """Edited programs to run, per failed exercise, to find the line of a mistake; 0 for none. A count instead
    of a time, so that every machine finds the same; about 2 seconds of CPU."""
    threads: int = 64
    """Threads of the worker, plus processes that it started."""
