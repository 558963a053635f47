"""The entries of a class folder as they are, without following any of them."""

import os
import stat
from collections.abc import Iterable
from pathlib import Path
from typing import Final

from grader.submissions import archives
from grader.submissions.platform_names import Handed, read_name
from grader.core.ignored_names import made_by_a_program
from grader.core.model import Frozen
from grader.sources import is_readable
from grader.core.safe_files import look

__all__ = ["Entry", "entries_of", "hidden", "holds_work", "is_work", "stem"]

DOCUMENTS: Final = (".docx", ".doc", ".odt", ".rtf", ".pages")
"""Files that students hand in and no reader can read: a person has to look."""


class Entry(Frozen, frozen=True):
    """One entry of a class folder: its real location, and what is known without following it."""

    path: Path
    kind: str
    """`folder`, `file`, `link`, `other`, or "" if it cannot be examined."""
    handed: Handed | None = None
    """The information in a name from a platform."""

    @property
    def name(self) -> str:
        """The entry's name."""
        return self.path.name


def entries_of(folder: Path) -> list[Entry]:
    """Everything in the folder, hidden or not, sorted. Raises OSError if it cannot be listed."""
    entries = []
    with os.scandir(folder) as listing:
        for found in listing:
            try:
                mode = found.stat(follow_symlinks=False).st_mode
            except OSError:
                kind = ""
            else:
                kind = _KINDS.get(stat.S_IFMT(mode), "other")
            handed = read_name(found.name, folder=kind == "folder")
            entries.append(Entry(folder / found.name, kind, handed))
    return sorted(entries, key=lambda entry: entry.name)


_KINDS: Final = {stat.S_IFDIR: "folder", stat.S_IFREG: "file", stat.S_IFLNK: "link"}


def hidden(entries: Iterable[Entry]) -> list[Entry]:
    """Entries whose name begins with a dot but which contain work, and which no program creates."""
    return [
        entry
        for entry in entries
        if entry.name.startswith(".")
        and not made_by_a_program(entry.name)
        and (
            (entry.kind == "folder" and holds_work(entry.path))
            or (entry.kind == "file" and is_work(entry.name))
        )
    ]


def holds_work(folder: Path) -> bool:
    """Whether anything in a folder may be somebody's work; a folder that cannot be read may be."""
    try:
        found = look(folder)
    except Exception:  # any problem is reported when the folder is read
        return True
    return any(is_work(file.name) for file in found.files) or (not found.files and bool(found.left_out))


def is_work(name: str) -> bool:
    """Whether a file with this name may contain somebody's work."""
    lower = name.lower()
    return (
        is_readable(Path(name))
        or archives.is_archive(lower)
        or archives.is_unopened(lower)
        or lower.endswith(DOCUMENTS)
    )


def stem(name: str) -> str:
    """The name of a file, or of an archive, without its extension."""
    return archives.stem(name) if archives.is_archive(name) else Path(name).stem
