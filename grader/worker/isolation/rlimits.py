"""Limits that the kernel enforces on one process; limits unknown to a system are left out."""

import mmap
import resource
from collections.abc import Mapping
from pathlib import Path
from typing import Final

__all__ = ["address_space", "has_room", "limit"]

ROOM: Final = 32 * 1024**2
"""If less memory than this is available, whatever comes next fails too."""


def limit(most: Mapping[int, int]) -> None:
    """Limit this process permanently: RLIMIT_… to the most it may use. Skips limits that this system lacks."""
    for kind, value in most.items():
        try:
            resource.setrlimit(kind, (value, value))
        except (ValueError, OSError):
            continue  # macOS has no RLIMIT_AS; the other limits still apply


def address_space() -> int:
    """Bytes of address space that this process uses now; 0 if unknown."""
    statm = Path("/proc/self/statm")
    if not statm.exists():
        return 0
    return int(statm.read_text().split()[0]) * resource.getpagesize()


def has_room() -> bool:
    """Whether some memory is still available. The memory is requested, never touched, and released."""
    try:
        mmap.mmap(-1, ROOM).close()
    except (OSError, MemoryError):
        return False
    return True
