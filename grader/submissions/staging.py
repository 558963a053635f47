"""Put one student's files into one folder, under their original names, with archives unpacked.

A plain folder is used in place. Files that a download renamed, files that lie flat beside the work of others,
and files in archives are gathered in a new folder, so that imports between the files work, feedback uses
names that the student knows, and nobody's work lies beside another's.
"""

import atexit
import errno
import logging
import os
import re
import shutil
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from itertools import islice
from pathlib import Path
from typing import Final, NamedTuple

import msgspec

from grader.submissions import archives
from grader.submissions.confined_unpacking import unpack_confined
from grader.core.ignored_names import ignored
from grader.core.errors import NoRoomError, SourceError
from grader.core.intake_limits import INTAKE, MIB, Allowance
from grader.submissions.platform_names import superseded
from grader.core.model import Identity, Submission
from grader.core.safe_files import as_text, files_under, look, opened, shown

__all__ = [
    "MAX_FILES",
    "Part",
    "Staging",
    "Unpack",
    "guarded",
    "only_entries",
    "raise_without_room",
    "reason",
]

MAX_FILES: Final = INTAKE.files
"""Files of one student beyond this number are not read."""


MOST_NAMED: Final = 5
"""The most files named in one sentence."""

MOST_NOTES: Final = 20
"""The most sentences about one submission."""

_log = logging.getLogger("grader")


class Part(NamedTuple):
    """A submitted file, its original name relative to the submission, and the submission's folder, which no
    path may leave."""

    path: Path
    name: str
    root: Path


Unpack = Callable[[Path, str, Path, Allowance], tuple[str, ...]]
"""Unpacks an archive, given a name for it, into a new folder: `unpack_confined`, or the same in this process."""


class Staging:
    """Creates submissions; gathered files go to numbered folders of the given folder.

    Without one, a temporary folder is created on demand and removed when the program ends.
    """

    def __init__(self, folder: Path | None = None, unpack: Unpack = unpack_confined) -> None:
        self._folder = folder
        self._unpack = unpack
        self._made = 0

    def of_folder(self, root: Path, student: str, identity: Identity | None = None) -> Submission:
        """The submission in a student's own folder, given by its real path."""
        found = look(root)
        parts = [Part(file, as_text(file.relative_to(root).as_posix()), root) for file in found.files]
        if any(_is_packed(part.name) or str(part.path) != as_text(str(part.path)) for part in parts):
            return self.of_parts(parts, student, identity or Identity(), found.notes, (root,))
        return _submission(root, student, identity or Identity(), (), (root,))

    def of_file(self, path: Path) -> Submission:
        """The submission that is one file, named after it, copied away from its neighbours."""
        return self.of_files([path], path.name)

    def of_files(self, paths: Sequence[Path], student: str, notes: tuple[str, ...] = ()) -> Submission:
        """The submission of files that lie beside the work of others."""
        parts = [Part(path, as_text(path.name), path.parent) for path in paths]
        return self.of_parts(parts, student, Identity(), notes, tuple(paths))

    def of_parts(
        self,
        parts: Sequence[Part],
        student: str,
        identity: Identity,
        notes: tuple[str, ...],
        origins: tuple[Path, ...],
    ) -> Submission:
        """The submission of these files, with its archives unpacked and older versions left out."""
        kept, replaced = _newest(parts)
        root = self.place()
        root.mkdir(parents=True)
        notes += replaced
        packed: list[str] = []
        for part in kept:
            try:
                left_out = _copied(part, root / part.name)
            except (OSError, ValueError) as error:
                raise_without_room(error)
                left_out = f"cannot be read ({reason(error)})"
            if left_out:
                notes += (f"Left out: `{shown(part.name)}` {left_out}.",)
            elif archives.is_archive(part.name):
                packed.append(part.name)
            elif archives.is_unopened(part.name):
                notes += (
                    f"{shown(part.name)} is an archive of an unsupported type: pack it again as .zip or .tar.gz.",
                )
        opened, ends = 0, time.monotonic() + INTAKE.unpacking
        for name in packed[: INTAKE.archives]:
            if time.monotonic() > ends:
                break
            notes += self._unpacked_beside(root / name, name, root)
            opened += 1
        if unopened := packed[opened:]:
            for name in unopened:
                (root / name).unlink()
            shown_names = ", ".join(map(shown, unopened[:MOST_NAMED]))
            notes += (
                f"There are too many or too large archives: only the first {opened} were opened, and not {shown_names}.",
            )
        notes += tuple(_restore_imported(root))
        return _submission(root, student, identity, notes, origins)

    def of_class_archive(self, archive: Path, allowance: Allowance) -> Path:
        """Unpack a whole class and return its folder. Raises SourceError if it cannot be used."""
        folder = self.place() / (archives.stem(archive.name) or "class")
        for note in self._unpack(archive, shown(str(archive)), folder, allowance):
            _log.error("%s", note)
        return folder.resolve()

    def of_nothing(self, student: str, note: str, origins: tuple[Path, ...] = ()) -> Submission:
        """The submission of a student whose files could not be used, with the reason."""
        return Submission(as_text(student), self.nothing(), (), (note,), origins=origins)

    def nothing(self) -> Path:
        """An empty folder, for students who handed in nothing."""
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

    def _unpacked_beside(self, archive: Path, name: str, root: Path) -> tuple[str, ...]:
        """Unpack one archive in place and remove it: its content directly, or in a folder if names would
        clash."""
        unpacked = self.place()
        try:
            notes = self._unpack(archive, shown(name), unpacked, archives.OF_A_STUDENT)
        except SourceError as error:
            return (str(error),)
        finally:
            archive.unlink()
        inner = [file for file in files_under(unpacked) if _is_packed(file.name)]
        for file in inner:
            file.unlink()
        if inner:
            names = ", ".join(shown(file.relative_to(unpacked).as_posix()) for file in inner[:3])
            notes += (
                f"{shown(name)} contains another archive, which was not opened: {names}. Hand in the files themselves.",
            )
        content = _innermost(unpacked)
        target = (root / name).parent
        target.mkdir(parents=True, exist_ok=True)
        entries = sorted(content.iterdir())
        if any((target / entry.name).exists() for entry in entries):
            target = _free(target / (archives.stem(Path(name).name) or "archive"))
            target.mkdir()
        for entry in entries:
            entry.rename(target / entry.name)
        shutil.rmtree(unpacked)
        return notes


def guarded(
    make: Callable[[], Submission],
    place: Staging,
    student: str,
    origins: tuple[Path, ...],
    identity: Identity | None = None,
) -> Submission:
    """The result of `make`; if that fails, a submission without files that says why.

    A submission can affect only its own student. Raises NoRoomError if the disk is full, because then nobody
    could be graded.
    """
    try:
        return make()
    except NoRoomError:
        raise
    except Exception as error:  # anything that a name, a link or an archive can lead to
        raise_without_room(error)
        note = f"The submission cannot be used ({reason(error)}): hand in the files themselves, each with a plain name."
        nothing = place.of_nothing(student, note, origins)
        return msgspec.structs.replace(nothing, identity=identity or Identity())


def raise_without_room(error: Exception) -> None:
    """Raise NoRoomError if the error means that the disk is full."""
    if isinstance(error, OSError) and error.errno in (errno.ENOSPC, errno.EDQUOT):
        raise NoRoomError(
            "There is not enough disk space to prepare the submissions: set TMPDIR to a folder on a larger disk."
        ) from error


def reason(error: Exception) -> str:
    """The reason, in a few words."""
    if isinstance(error, OSError) and error.strerror:
        return str(error.strerror)
    return shown(f"{type(error).__name__}: {error}" if str(error) else type(error).__name__)


def _copied(part: Part, target: Path) -> str:
    """Copy a file with its time; return why it was left out, if it was. Raises OSError if it cannot be read."""
    with opened(part.root, part.path) as content:
        status = os.fstat(content.fileno())
        if status.st_size > INTAKE.file_size:
            return f"is larger than {INTAKE.file_size // MIB} MB and was not read"
        target.parent.mkdir(parents=True, exist_ok=True)
        with target.open("xb") as copy:
            left = INTAKE.file_size  # it may grow while it is read
            while left and (data := content.read(min(MIB, left))):
                copy.write(data)
                left -= len(data)
    try:
        os.utime(target, ns=(status.st_atime_ns, status.st_mtime_ns))
    except (OSError, OverflowError):
        pass  # a time that the copy's file system cannot represent
    return ""


def _submission(
    root: Path, student: str, identity: Identity, notes: tuple[str, ...], origins: tuple[Path, ...]
) -> Submission:
    root = _innermost(root)
    found = look(root)
    notes = tuple(dict.fromkeys((*notes, *found.notes)))
    if len(notes) > MOST_NOTES:
        notes = (*notes[:MOST_NOTES], f"There are {len(notes) - MOST_NOTES} more notes of this kind.")
    return Submission(as_text(student), root, found.files, notes, identity, origins)


def _is_packed(name: str) -> bool:
    return archives.is_archive(name) or archives.is_unopened(name)


def _innermost(folder: Path) -> Path:
    """The folder itself, or the one at the end of a chain of folders that contain nothing but one folder."""
    for _ in range(INTAKE.depth):
        entries = only_entries(folder)
        if len(entries) != 1 or not entries[0].is_dir(follow_symlinks=False):
            break
        folder = folder / entries[0].name
    return folder


def only_entries(folder: Path) -> list["os.DirEntry[str]"]:
    """The first two entries that may be somebody's work; none if the folder cannot be read."""
    try:
        with os.scandir(folder) as listing:
            return list(islice((entry for entry in listing if not ignored(entry.name)), 2))
    except OSError:
        return []


def _free(path: Path) -> Path:
    """The path, or a similar one that does not exist yet."""
    number = 2
    free = path
    while free.exists():
        free, number = path.with_name(f"{path.name} {number}"), number + 1
    return free


def _newest(parts: Sequence[Part]) -> tuple[list[Part], tuple[str, ...]]:
    """The parts without versions that a later one replaces, and a sentence on each of those."""
    latest = {part.name: part for part in parts}
    older = superseded(latest)
    times = Counter(part.name for part in parts)
    notes = tuple(
        f"{shown(name)} was handed in more than once: the newest was used."
        for name in latest
        if times[name] > 1
    )
    notes += tuple(
        f"{shown(name)} was handed in again: {shown(newest)} is newer and was used."
        for name, newest in older.items()
    )
    return [part for name, part in latest.items() if name not in older], notes


COPY: Final = re.compile(r"(?P<base>[^\W\d]\w*)-\d+\.py")
IMPORTED: Final = re.compile(rb"\b(?:from|import)[ \t]+([^\s.,;:#()'\"\\]+)")


def _restore_imported(root: Path) -> Iterator[str]:
    """Restore the names of modules under which the student's other files import them.

    A platform that numbers resubmissions turns `helpers.py` into `helpers-1.py`, which nothing can import.
    """
    files = files_under(root)
    copies = [(file, copy["base"]) for file in files if (copy := COPY.fullmatch(file.name)) is not None]
    if not copies:
        return
    imported = {file: _imported(file) for file in files if file.suffix in (".py", ".ipynb")}
    for file, base in copies:
        wanted = file.with_name(f"{base}.py")
        if not wanted.exists() and any(base in names for other, names in imported.items() if other != file):
            file.rename(wanted)
            yield f"{file.name} is read as {base}.py, because another file imports it under that name."


def _imported(file: Path) -> frozenset[str]:
    """The first name of every import in the first megabyte of a file."""
    with file.open("rb") as content:
        found = IMPORTED.findall(content.read(MIB))
    return frozenset(name.decode("utf-8", "replace") for name in found)
