"""The limits of what is taken of one submission before any of it is read; sizes in bytes.

What lies beyond is left out and named to the person marking; the rest is graded. Nothing here needs the rest of the
grader, so that a process that is locked in can load it quickly.
"""

from typing import Final

import msgspec

__all__ = ["CLASS", "INTAKE", "LONE", "MIB", "OF_A_STUDENT", "Allowance", "Intake"]

MIB: Final = 1024**2


class Intake(msgspec.Struct, frozen=True, kw_only=True):
    """What is taken of the files of one submission."""

    files: int = 1_000
    """Files looked at, those nearest to the top first."""
    seen: int = 20_000
    """Entries of folders listed, whatever they are."""
    depth: int = 100
    """Folders within folders."""
    path: int = 3_000
    """Bytes of a path from the root of the disk on; Linux allows 4096, and copies may lie deeper."""
    file_size: int = 100 * MIB
    """One file; a larger one is no lab's work."""
    size: int = 400 * MIB
    """All files together."""
    archives: int = 20
    """Archives that are unpacked."""
    unpacking: float = 60.0
    """Seconds on the clock after which no further one is begun."""


class Allowance(msgspec.Struct, frozen=True, kw_only=True):
    """What may come out of one archive."""

    entries: int
    size: int
    """Bytes of all entries together."""
    ratio: int
    """Bytes out for each byte in, beyond 20 MB."""
    depth: int = 100
    """Folders within folders."""
    seconds: float = 20.0
    """CPU time."""
    hidden: bool = False
    """Whether to unpack what is hidden, too, unless programs make it."""


INTAKE: Final = Intake()
"""What every submission is held to."""

OF_A_STUDENT: Final = Allowance(entries=10_000, size=200 * MIB, ratio=200)
"""One archive of a submission. Text shrinks to a tenth; deflate reaches at most 1032."""

CLASS: Final = Allowance(entries=200_000, size=8192 * MIB, ratio=1_100, seconds=600.0, hidden=True)
"""A download of a whole class named on the command line, which the teacher's own site packed."""

LONE: Final = Allowance(entries=200_000, size=2048 * MIB, ratio=50, seconds=120.0, hidden=True)
"""The only archive in a folder: such a download, or all that one student handed in."""
