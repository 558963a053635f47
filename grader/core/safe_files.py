"""Search a folder that somebody else wrote, and open its files, without ever being led outside it.

Links are never followed. A hard link looks like the file it shares, so a file that has several names and
another owner than the folder is left out too: the folder's owner did not put it there.
"""

import errno
import os
import stat
from collections import deque
from io import BufferedReader
from pathlib import Path
from typing import Final

from grader.core.escaping import visible
from grader.core.ignored_names import ignored
from grader.core.intake_limits import INTAKE, MIB, Intake
from grader.core.model import Frozen

__all__ = ["Found", "as_text", "files_under", "look", "opened", "shown"]

LONGEST_SHOWN: Final = 80
"""Characters of a name that a sentence shows."""

MOST_NAMED: Final = 5
"""The most entries left out that are named; the others are counted."""

_WAY: Final = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC
_FILE: Final = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC


class Found(Frozen, frozen=True):
    """The content of a folder: the files that may be read, and what was left out, with the reason."""

    files: tuple[Path, ...]
    """Sorted, absolute if the folder is."""
    left_out: tuple[str, ...] = ()
    links: tuple[Path, ...] = ()
    """Links among the entries left out."""
    cut: str = ""
    """A sentence if a limit ended the search."""

    @property
    def notes(self) -> tuple[str, ...]:
        """Sentences for the person marking about what was left out."""
        cut = (self.cut,) if self.cut else ()
        if not self.left_out:
            return cut
        named = "; ".join(self.left_out[:MOST_NAMED])
        more = len(self.left_out) - MOST_NAMED
        return (*cut, f"Left out: {named}{f'; and {more} more' if more > 0 else ''}.")


def as_text(name: str) -> str:
    """The name with a replacement for bytes that are not text, which Python reads as lone surrogates."""
    return name.encode("utf-8", "surrogateescape").decode("utf-8", "replace")


def shown(name: str) -> str:
    """A name that can appear in a sentence: on one line, short, without invisible characters."""
    text = visible(name.replace("\n", "\\n").replace("\t", "\\t"))
    return text if len(text) <= LONGEST_SHOWN else f"{text[: LONGEST_SHOWN - 1]}…"


def opened(root: Path, file: Path) -> BufferedReader:
    """Open a regular file below `root` for reading, without following any link on the way from there.

    The opened file itself is checked, so a file swapped in meanwhile is not read. Raises OSError if it cannot
    be opened, is not a regular file, or is another owner's.
    """
    folder, owner = _folder_opened(root, file.parent)
    try:
        found = os.open(file.name, _FILE, dir_fd=folder)
    finally:
        os.close(folder)
    status = os.fstat(found)
    if stat.S_ISREG(status.st_mode) and not _is_foreign(status, owner):
        return os.fdopen(found, "rb")
    os.close(found)
    raise PermissionError(
        errno.EACCES, "it is not a file, or is a hard link to somebody else's file", str(file)
    )


def _folder_opened(root: Path, folder: Path) -> tuple[int, int]:
    """A descriptor of `root` or of a folder below it, and the owner of `root`."""
    descriptor = os.open(root, _WAY)
    owner = os.fstat(descriptor).st_uid
    for part in folder.relative_to(root).parts:
        outer = descriptor
        try:
            descriptor = os.open(part, _WAY, dir_fd=outer)
        finally:
            os.close(outer)
    return descriptor, owner


def _is_foreign(status: os.stat_result, owner: int) -> bool:
    """Whether the file is a further name of somebody else's file."""
    return status.st_nlink > 1 and status.st_uid != owner


def files_under(root: Path, most: Intake = INTAKE) -> tuple[Path, ...]:
    """Every readable file below a folder, sorted, without hidden files and files left behind by programs."""
    return look(root, most).files


def look(root: Path, most: Intake = INTAKE) -> Found:
    """Search a folder from the top down; whatever cannot be read is left out and named."""
    search = _Search(root, most)
    search.run()
    return search.found()


class _Search:
    """One search: what was found so far, and what the limits still allow."""

    def __init__(self, root: Path, most: Intake) -> None:
        self._root, self._most = root, most
        self._files: list[Path] = []
        self._left_out: list[str] = []
        self._links: list[Path] = []
        self._room, self._seen, self._cut = most.size, 0, ""

    def found(self) -> Found:
        """The result."""
        return Found(tuple(sorted(self._files)), tuple(self._left_out), tuple(self._links), self._cut)

    def run(self) -> None:
        """Search folder by folder, those nearest to the top first, until a limit is reached."""
        waiting = deque([(self._root, 0)])
        while waiting and not self._cut:
            folder, depth = waiting.popleft()
            try:
                entries, owner = self._listed(folder)
            except OSError as error:
                self._leave_out(folder, f"cannot be read ({error.strerror}): change its permissions")
                continue
            if folder != self._root and "pyvenv.cfg" in entries:
                continue  # a virtual environment, whatever its name
            for name, status in sorted(entries.items()):
                path = folder / name
                if ignored(name) or self._cut:
                    continue
                if len(os.fsencode(path)) > self._most.path:
                    self._leave_out(path, "has a path that is too long")
                elif not stat.S_ISDIR(status.st_mode):
                    self._take(path, status, owner)
                elif depth < self._most.depth:
                    waiting.append((path, depth + 1))
                else:
                    self._leave_out(path, f"is more than {self._most.depth} folders deep")

    def _listed(self, folder: Path) -> tuple[dict[str, os.stat_result], int]:
        """The entries of a folder by name, and the owner of the whole."""
        entries: dict[str, os.stat_result] = {}
        descriptor, owner = _folder_opened(self._root, folder)
        try:
            with os.scandir(descriptor) as listing:
                for entry in listing:
                    self._seen += 1
                    if self._seen > self._most.seen:
                        self._cut = (
                            f"It contains more than {self._most.seen} entries: only the first were read."
                        )
                        break
                    try:
                        entries[entry.name] = entry.stat(follow_symlinks=False)
                    except OSError as error:
                        self._leave_out(folder / entry.name, f"cannot be read ({error.strerror})")
        finally:
            os.close(descriptor)
        return entries, owner

    def _take(self, path: Path, status: os.stat_result, owner: int) -> None:
        """Keep a file, or leave it out if it is not a regular file or exceeds a limit."""
        if stat.S_ISLNK(status.st_mode):
            self._links.append(path)
            self._leave_out(path, "is a link, and links are not followed: hand in the file itself")
        elif not stat.S_ISREG(status.st_mode):
            self._leave_out(path, "is not a regular file")
        elif _is_foreign(status, owner):
            self._leave_out(path, "is a hard link to somebody else's file: hand in a copy")
        elif status.st_size > self._most.file_size:
            self._leave_out(path, f"is larger than {self._most.file_size // MIB} MB and was not read")
        elif status.st_size > self._room:
            self._leave_out(path, f"exceeds the {self._most.size // MIB} MB allowed for a submission")
        elif len(self._files) == self._most.files:
            self._cut = f"Only the first {self._most.files} files were read."
        else:
            self._room -= status.st_size
            self._files.append(path)

    def _leave_out(self, path: Path, why: str) -> None:
        name = "the folder" if path == self._root else f"`{shown(path.relative_to(self._root).as_posix())}`"
        self._left_out.append(f"{name} {why}")
