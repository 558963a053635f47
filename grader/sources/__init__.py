"""Files handed in, read into sources; nothing here executes anything.

Each module reads one kind of file; `read` chooses by the file's name.
"""

from collections.abc import Callable
from pathlib import Path
from typing import Final

from grader.model import Source
from grader.sources import python

__all__ = ["READERS", "is_readable", "read"]

READERS: Final[dict[str, Callable[[Path, str], Source]]] = {".py": python.read}
"""File name endings that can be read, with their reader."""


def is_readable(path: Path) -> bool:
    """Whether there is a reader for this kind of file."""
    return path.suffix.lower() in READERS


def read(path: Path, name: str) -> Source:
    """Read one file; `name` is how it is called in feedback.

    A file that cannot be used comes back with its `problem` in a sentence.
    """
    return READERS[path.suffix.lower()](path, name)
