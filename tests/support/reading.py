"""Read submitted files in tests as the grader does, without outlines of their code."""

from collections.abc import Sequence
from pathlib import Path

from grader.core.limits import Isolation
from grader.core.submission import Source
from grader.sandbox.reader_client import shared
from grader.sources import look_at

__all__ = ["read_all"]


def read_all(root: Path, files: Sequence[Path], isolation: Isolation = "auto") -> tuple[Source, ...]:
    """Read files under `root`, in order; each is named by its path from there.

    `isolation` is the level of the reading process; by default the strongest that the machine supports.
    """
    return tuple(looked.source for looked in look_at(root, files, shared(isolation), beside=files))
