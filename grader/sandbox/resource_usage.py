"""Per-worker limits that the kernel cannot enforce: threads, processes, and the size of the folder.

The grader checks while it waits, five times a second, and ends a worker that exceeds a limit.
"""

import os
import stat
from pathlib import Path

import psutil

from grader.core.limits import Limits

__all__ = ["folder_use", "limit_exceeded"]


def limit_exceeded(process: psutil.Process | None, folder: Path, limits: Limits, alone: bool) -> str:
    """The limit that the worker exceeds, as the end of the sentence “it was ended because …”, or nothing.

    A worker that is `alone` cannot have started processes, so not all processes need to be searched.
    """
    if process is not None:
        try:
            started = 0 if alone else len(process.children(recursive=True))
            if process.num_threads() + started > limits.threads:
                return f"it started more than {limits.threads} threads or processes"
        except psutil.Error:
            return ""
    size, files = folder_use(folder, limits)
    if size > limits.folder_size:
        return f"it wrote more than {limits.folder_size // 1024**2} MB of files"
    if files > limits.folder_files:
        return f"it wrote more than {limits.folder_files} files"
    return ""


def folder_use(folder: Path, limits: Limits) -> tuple[int, int]:
    """Bytes and entries in a folder; counting stops when a limit is exceeded."""
    size = entries = 0
    waiting = [os.fspath(folder)]
    while waiting and size <= limits.folder_size and entries <= limits.folder_files:
        try:
            with os.scandir(waiting.pop()) as found:
                for entry in found:
                    entries += 1
                    status = entry.stat(follow_symlinks=False)
                    size += status.st_blocks * 512
                    if stat.S_ISDIR(status.st_mode):
                        waiting.append(entry.path)
        except OSError:
            continue  # removed in the meantime, or nested deeper than a path can express: then `entries` stops it
    return size, entries
