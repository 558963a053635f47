"""What one submission may use, as numbers, and how far it is shut in."""

from typing import Literal, TypeAlias

from grader.core.model import Frozen

__all__ = ["Isolation", "Level", "Limits"]

Isolation: TypeAlias = Literal["auto", "strict", "process"]
"""What is asked for; `auto` is the strongest there is."""

Level: TypeAlias = Literal["strict", "process"]
"""What holds."""


class Limits(Frozen, frozen=True):
    """What one submission may use; sizes in bytes.

    A call is ended after `call_seconds` of CPU, or after `idle_factor` times that on the clock where it
    only waits. All files of a submission together, restarts included, have `submission_seconds` of CPU, and all calls
    as much again; or `idle_factor` times that on the clock. Counting CPU keeps a busy machine from failing an honest
    student.
    """

    call_seconds: float = 10.0
    submission_seconds: float = 60.0
    search_seconds: float = 30.0
    """CPU of all edited programs of a submission together; the count of `repairs` ends the search long before."""
    idle_factor: float = 4.0
    memory: int = 2 * 1024**3
    file_size: int = 16 * 1024**2
    """One file."""
    open_files: int = 64
    folder_size: int = 64 * 1024**2
    """All files of a submission together, what was handed in among them."""
    folder_files: int = 2_000
    repairs: int = 260
    """Edited programs run to find the line of a mistake, for each failed exercise; 0 for none. A count and
    not a time, so that every machine finds the same; about 2 seconds of CPU."""
    threads: int = 64
    """Threads of the worker and processes it started."""
