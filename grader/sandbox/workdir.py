"""The workdir of a submission: a copy of the submitted files, removed afterwards."""

import errno
import os
import shutil
import subprocess
import tempfile
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from typing import Final

from grader.core.safe_files import opened

__all__ = ["emptied", "remove", "temporary_workdir"]

CHUNK: Final = 1024**2


class temporary_workdir:  # noqa: N801  used as a function: `with temporary_workdir(root, files) as folder`
    """A temporary folder with a copy of the submitted files, removed afterwards.

    Leaves out files beyond `most` bytes in total, and files that we may not read ourselves. No link is
    followed, even one that replaced a file after it was found.
    """

    def __init__(self, root: Path, files: Sequence[Path], most: int = 32 * 1024**2) -> None:
        self._root, self._files, self._most = root, files, most

    def __enter__(self) -> Path:
        self._folder = Path(tempfile.mkdtemp(prefix="grade-"))
        try:
            self._copy()
        except OSError:
            remove(self._folder)
            raise
        return self._folder

    def _copy(self) -> None:
        room = self._most
        for file in self._files:
            try:
                room -= self._copied(file, room)
            except OSError as error:
                if error.errno in (errno.ENOSPC, errno.EDQUOT):
                    raise

    def _copied(self, file: Path, room: int) -> int:
        """Copy one file if there is room, and return its size in bytes. Raises OSError if it cannot be read."""
        with opened(self._root, file) as content:
            if os.fstat(content.fileno()).st_size > room:
                return 0
            target = self._folder / file.relative_to(self._root)
            target.parent.mkdir(parents=True, exist_ok=True)
            left = room  # it may have grown in the meantime
            with target.open("wb") as copy:
                while left and (data := content.read(min(CHUNK, left))):
                    copy.write(data)
                    left -= len(data)
        return room - left

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, tb: TracebackType | None
    ) -> None:
        remove(self._folder)


def remove(folder: Path) -> None:
    """Remove a folder, whatever a submission did to it: permissions removed, or endless nesting."""
    try:
        shutil.rmtree(folder)
    except (OSError, RecursionError):
        for command in (["chmod", "-R", "u+rwx", "--"], ["rm", "-rf", "--"]):
            subprocess.run([*command, os.fspath(folder)], stderr=subprocess.DEVNULL, check=False)


def emptied(folder: Path, kept: Sequence[Path]) -> None:
    """Remove everything in a folder except the given entries."""
    for entry in sorted(folder.iterdir()):
        if entry in kept:
            continue
        if entry.is_dir() and not entry.is_symlink():
            remove(entry)
        else:
            entry.unlink(missing_ok=True)
