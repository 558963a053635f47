"""One student's files in one folder, under the student's own names, with archives unpacked.

A plain folder is used where it stands. What a download renamed, and what lies in archives, is put
together in a folder of its own, so that imports between the files work and feedback names what the student
knows.
"""

import atexit
import os
import re
import shutil
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Final

from grader import archives
from grader.errors import SourceError
from grader.layouts import superseded
from grader.model import Identity, Submission

__all__ = ["MAX_FILES", "Part", "Staging", "files_under"]

MAX_FILES: Final = 1_000
"""Files of one student beyond this number are not looked at."""

MAX_COPIED: Final = 100 * archives.MIB
"""A larger file is no lab's work."""

Part = tuple[Path, str]
"""A file handed in, and what the student called it, relative to everything they handed in."""


class Staging:
    """Makes submissions; what has to be put together goes into numbered folders of the folder given.

    Without one, a temporary folder is made when it is needed, and removed when the program ends.
    """

    def __init__(self, folder: Path | None = None) -> None:
        self._folder = folder
        self._made = 0

    def of_folder(self, folder: Path, student: str, identity: Identity | None = None) -> Submission:
        """The submission in a student's own folder."""
        root = folder.resolve()
        parts = [(file, _as_text(file.relative_to(root).as_posix())) for file in files_under(root)]
        if any(_is_packed(name) or str(file) != _as_text(str(file)) for file, name in parts):
            return self.of_parts(parts, student, identity or Identity())
        return _submission(root, student, identity or Identity(), ())

    def of_file(self, path: Path) -> Submission:
        """The submission that is one file, called by its name."""
        file = path.resolve()
        name = _as_text(path.name)
        if archives.is_archive(name) or str(file) != _as_text(str(file)):
            return self.of_parts([(file, name)], name, Identity())
        return Submission(name, file.parent, (file,))

    def of_parts(
        self, parts: Iterable[Part], student: str, identity: Identity, notes: tuple[str, ...] = ()
    ) -> Submission:
        """The submission of these files, with its archives unpacked and older versions left out."""
        kept, replaced = _newest(list(parts))
        root = self.place()
        root.mkdir(parents=True)
        notes += replaced
        packed = [(path, name) for path, name in kept if archives.is_archive(name)]
        for path, name in kept:
            if archives.is_archive(name):
                continue
            if archives.is_unopened(name):
                notes += (f"{name} is an archive that is not opened: pack it again as .zip or .tar.gz.",)
            if path.stat().st_size > MAX_COPIED:
                notes += (f"{name} is larger than {MAX_COPIED // archives.MIB} MB and was not looked at.",)
            else:
                target = root / name
                target.parent.mkdir(parents=True, exist_ok=True)
                shutil.copy2(path, target)
        for path, name in packed:
            notes += self._unpack_beside(path, name, root)
        notes += tuple(_restore_imported(root))
        return _submission(root, student, identity, notes)

    def of_class_archive(self, archive: Path) -> Path:
        """Unpack a whole class and return its folder. Raises SourceError where it cannot be used."""
        folder = self.place() / (archives.stem(archive.name) or "class")
        archives.unpack(archive, str(archive), folder, archives.CLASS)
        return folder

    def nothing(self) -> Path:
        """An empty folder, for those who handed nothing in."""
        folder = self.place()
        folder.mkdir(parents=True)
        return folder

    def place(self) -> Path:
        """A path for a new folder."""
        if self._folder is None:
            self._folder = Path(tempfile.mkdtemp(prefix="grade-"))
            atexit.register(shutil.rmtree, self._folder, ignore_errors=True)
        self._made += 1
        return self._folder / f"{self._made:06d}"

    def _unpack_beside(self, archive: Path, name: str, root: Path) -> tuple[str, ...]:
        """Unpack one archive to where it stood: its contents, or a folder where they would meet others."""
        unpacked = self.place()
        try:
            notes = archives.unpack(archive, name, unpacked, archives.OF_A_STUDENT)
        except SourceError as error:
            return (str(error),)
        inner = [file for file in files_under(unpacked) if _is_packed(file.name)]
        for file in inner:
            file.unlink()
        if inner:
            names = ", ".join(file.relative_to(unpacked).as_posix() for file in inner[:3])
            notes += (
                f"{name} holds another archive, which was not opened: {names}. Hand in the files themselves.",
            )
        content = _innermost(unpacked)
        target = (root / name).parent
        target.mkdir(parents=True, exist_ok=True)
        entries = sorted(content.iterdir())
        if any((target / entry.name).exists() for entry in entries):
            target = _free(target / archives.stem(Path(name).name))
            target.mkdir()
        for entry in entries:
            entry.rename(target / entry.name)
        shutil.rmtree(unpacked)
        return notes


def files_under(root: Path) -> Iterator[Path]:
    """Every file below a folder, sorted, without hidden ones, leavings of programs, and links."""
    for folder, folders, names in os.walk(root):
        folders[:] = sorted(name for name in folders if not archives.ignored(name))
        for name in sorted(names):
            file = Path(folder) / name
            if not archives.ignored(name) and file.is_file() and not file.is_symlink():
                yield file


def _submission(root: Path, student: str, identity: Identity, notes: tuple[str, ...]) -> Submission:
    root = _innermost(root)
    files = sorted(files_under(root))
    if len(files) > MAX_FILES:
        notes += (f"Only the first {MAX_FILES} files were looked at.",)
    return Submission(_as_text(student), root, tuple(files[:MAX_FILES]), notes, identity)


def _as_text(name: str) -> str:
    """The name with a sign in the place of bytes that are no text: Python reads them as lone surrogates."""
    return name.encode("utf-8", "surrogateescape").decode("utf-8", "replace")


def _is_packed(name: str) -> bool:
    return archives.is_archive(name) or archives.is_unopened(name)


def _innermost(folder: Path) -> Path:
    """The folder itself, or the one at the end of a chain of folders that hold nothing but one folder."""
    while True:
        entries = [entry for entry in folder.iterdir() if not archives.ignored(entry.name)]
        if len(entries) != 1 or not entries[0].is_dir() or entries[0].is_symlink():
            return folder
        folder = entries[0]


def _free(path: Path) -> Path:
    """The path, or one like it where nothing stands yet."""
    number = 2
    free = path
    while free.exists():
        free, number = path.with_name(f"{path.name} {number}"), number + 1
    return free


def _newest(parts: Sequence[Part]) -> tuple[list[Part], tuple[str, ...]]:
    """The parts without versions that a later one replaces, and a sentence on each of those."""
    latest = {name: path for path, name in parts}
    older = superseded(latest)
    names = [name for _, name in parts]
    notes = tuple(
        f"{name} was handed in more than once: the newest was taken."
        for name in latest
        if names.count(name) > 1
    )
    notes += tuple(
        f"{name} was handed in again: {newest} is newer and was taken." for name, newest in older.items()
    )
    return [(path, name) for name, path in latest.items() if name not in older], notes


COPY: Final = re.compile(r"(?P<base>[^\W\d]\w*)-\d+\.py")


def _restore_imported(root: Path) -> Iterator[str]:
    """Give modules back the names under which the student's other files import them.

    A platform that numbers what is handed in again turns `helpers.py` into `helpers-1.py`, which nothing can
    import.
    """
    files = list(files_under(root))
    for file in files:
        copy = COPY.fullmatch(file.name)
        if copy is None or file.with_name(f"{copy['base']}.py").exists():
            continue
        wanted = re.compile(rb"\b(?:from|import)\s+" + re.escape(copy["base"]).encode() + rb"\b")
        if any(
            wanted.search(other.read_bytes()[: archives.MIB])
            for other in files
            if other != file and other.suffix in (".py", ".ipynb") and other.exists()
        ):
            file.rename(file.with_name(f"{copy['base']}.py"))
            yield f"{file.name} is read as {copy['base']}.py, the name under which it is imported."
