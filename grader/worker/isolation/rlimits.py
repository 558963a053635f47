"""Limits that the kernel keeps of one process; what a system does not know is left out."""

import mmap
import resource
from collections.abc import Mapping
from pathlib import Path
from typing import Final

__all__ = ["address_space", "has_room", "limit"]

ROOM: Final = 32 * 1024**2
"""With less memory than this to be had, whatever comes next fails too."""


def limit(most: Mapping[int, int]) -> None:
    """Bound this process for good: RLIMIT_… to the most it may use. Limits this system lacks are passed over."""
    for kind, value in most.items():
        try:
            resource.setrlimit(kind, (value, value))
        except (ValueError, OSError):
            continue  # macOS knows no RLIMIT_AS; the remaining limits still bind


def address_space() -> int:
    """Bytes of address space this process takes now; 0 where that cannot be known."""
    statm = Path("/proc/self/statm")
    if not statm.exists():
        return 0
    return int(statm.read_text().split()[0]) * resource.getpagesize()


def has_room() -> bool:
    """Whether some memory can still be had. What is asked for is given back and never touched."""
    try:
        mmap.mmap(-1, ROOM).close()
    except (OSError, MemoryError):
        return False
    return True
