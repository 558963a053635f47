"""Allow only one run at a time for each results folder."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import filelock

from grader.core.errors import PathError

__all__ = ["exclusive"]


@contextmanager
def exclusive(folder: Path) -> Iterator[None]:
    """Hold a folder for this process; creates it if it does not exist.

    The system releases it when the process ends, however it ends. Raises PathError if another process holds
    it, or if it cannot be written.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        lock = filelock.FileLock(folder / ".lock")
        lock.acquire(timeout=0)
    except filelock.Timeout as error:
        raise PathError(
            f"Another run is writing to {folder}: wait until it is finished, or choose another folder with --out."
        ) from error
    except OSError as error:
        raise PathError(
            f"Results cannot be written to {folder} ({os.strerror(error.errno or 0)}): choose another folder with --out."
        ) from error
    try:
        yield
    finally:
        lock.release()
