"""Limits that the kernel keeps of one process; what a system does not know is left out."""

import resource
from collections.abc import Mapping
from pathlib import Path

__all__ = ["address_space", "limit"]


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
