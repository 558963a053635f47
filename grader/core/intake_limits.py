"""Limits on how much of a submission is read; sizes in bytes.

Whatever exceeds a limit is left out and named to the person marking; the rest is graded. This module needs no
other part of the grader, so that a locked process can load it quickly.
"""

from typing import Final

import msgspec

__all__ = ["CLASS", "INTAKE", "LONE", "MIB", "OF_A_STUDENT", "Allowance", "Intake"]

MIB: Final = 1024**2


class Intake(msgspec.Struct, frozen=True, kw_only=True):
    """Limits on the files of one submission."""

    files: int = 1_000
    """Files read, those nearest to the top first."""
    seen: int = 20_000
    """Folder entries listed, of any kind."""
    depth: int = 100
    """Levels of nested folders."""
    path: int = 3_000
    """Bytes of an absolute path; Linux allows 4096, and copies may be nested deeper."""
    file_size: int = 100 * MIB
    """One file; a larger one is not lab work."""
    size: int = 400 * MIB
    """All files together."""
    archives: int = 20
    """Archives to unpack."""
    unpacking: float = 60.0
    """Wall-clock seconds after which no further archive is started."""


class Allowance(msgspec.Struct, frozen=True, kw_only=True):
    """Limits on the content of one archive."""

    entries: int
    size: int
    """Bytes of all entries together."""
    ratio: int
    """Bytes out for each byte in, above 20 MB."""
    depth: int = 100
    """Levels of nested folders."""
    seconds: float = 20.0
    """CPU seconds."""
    hidden: bool = False
    """Whether to unpack hidden files too, except those that programs create."""


INTAKE: Final = Intake()
"""The limits of every submission."""

OF_A_STUDENT: Final = Allowance(entries=10_000, size=200 * MIB, ratio=200)
"""One archive in a submission. Text shrinks to a tenth; deflate reaches at most 1032."""

CLASS: Final = Allowance(entries=200_000, size=8192 * MIB, ratio=1_100, seconds=600.0, hidden=True)
"""The download of a whole class, named on the command line and packed by the teacher's own site."""

LONE: Final = Allowance(entries=200_000, size=2048 * MIB, ratio=50, seconds=120.0, hidden=True)
"""The only archive in a folder: such a download, or everything that one student handed in."""
