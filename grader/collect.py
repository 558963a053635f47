"""From the paths on the command line to submissions: who handed in which files.

A folder of folders is a class, one folder a student. A folder of files without folders is a class of single
files, or one student's if it holds just one; files that differ only in their ending belong together. What
Moodle or Canvas downloaded is recognised by its names. An archive stands for the folder that is in it.
"""

import os
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Final

import msgspec

from grader import archives
from grader.errors import PathError, SourceError
from grader.layouts import Handed, read_name
from grader.model import Identity, Submission
from grader.people import distinct, enrolled
from grader.sources import is_readable
from grader.staging import MAX_FILES, Part, Staging, files_under

__all__ = ["MAX_FILES", "collect", "one"]

DOCUMENTS: Final = (".docx", ".doc", ".odt", ".rtf", ".pages")
"""What students hand in and no reader reads: a person has to look."""


def collect(
    paths: Sequence[Path], roster: Sequence[Identity] = (), staging: Path | None = None
) -> tuple[Submission, ...]:
    """Every submission under the paths, and everybody on the roster, sorted by student.

    What has to be unpacked or renamed goes into `staging`, else into a temporary folder that is removed when
    the program ends. Raises PathError where a path does not exist, holds nothing, or two students have the same name.
    """
    place = Staging(staging)
    found: list[Submission] = []
    for path in paths:
        _must_exist(path)
        submissions = list(_of(path, place))
        if not submissions:
            raise PathError(
                f"{path} holds no submissions: give a folder with one folder or file for each student."
            )
        found += submissions
    if roster:
        found = list(enrolled(found, roster, place.nothing()))
    return tuple(sorted(distinct(found), key=lambda submission: submission.student))


def one(path: Path, staging: Path | None = None) -> Submission:
    """The path as a single student's submission, whether file, folder or archive."""
    _must_exist(path)
    place = Staging(staging)
    return place.of_folder(path, path.resolve().name) if path.is_dir() else place.of_file(path)


def _must_exist(path: Path) -> None:
    if not path.exists():
        raise PathError(f"{path} does not exist: check the spelling, or run the command from another folder.")
    if not path.is_dir() and not path.is_file():
        raise PathError(f"{path} is neither a file nor a folder: give one of these.")
    if not os.access(path, os.R_OK):
        raise PathError(f"{path} cannot be read: change its permissions.")


def _of(path: Path, place: Staging) -> Iterator[Submission]:
    if path.is_dir():
        yield from _class(path, place)
    elif archives.is_archive(path.name):
        yield from _class(_unpacked(path, place), place, packed=True)
    else:
        yield place.of_file(path)


def _unpacked(archive: Path, place: Staging) -> Path:
    try:
        return place.of_class_archive(archive)
    except SourceError as error:
        raise PathError(str(error)) from error


def _class(folder: Path, place: Staging, *, packed: bool = False) -> Iterator[Submission]:
    """The students in a folder; one that was `packed` holds no further archive of a class."""
    folder = _without_wrapping(folder)
    entries = sorted(entry for entry in folder.iterdir() if not archives.ignored(entry.name))
    folders = [entry for entry in entries if entry.is_dir() and not entry.is_symlink()]
    files = [entry for entry in entries if entry.is_file()]
    named = {entry: read_name(entry.name, folder=entry.is_dir()) for entry in (*folders, *files)}
    handed = {entry: name for entry, name in named.items() if name is not None}
    folders = [entry for entry in folders if entry not in handed]
    files = [entry for entry in files if entry not in handed and _is_work(entry)]
    if not folders and not handed and len(files) == 1:
        if not archives.is_archive(files[0].name):
            yield place.of_folder(folder, folder.resolve().name)
            return
        if not packed:
            yield from _class(_unpacked(files[0], place), place, packed=True)
            return
    yield from _downloaded(handed, place)
    for student in folders:
        yield place.of_folder(student, student.name)
    names = {student.name for student in folders}
    for together in _by_stem(files):
        unopened = [
            f for f in together if not (archives.is_archive(f.name) and archives.stem(f.name) in names)
        ]
        if unopened:
            yield _of_files(unopened, place)


def _without_wrapping(folder: Path) -> Path:
    """The folder, or the one at the end of a chain of single folders where that is a class by all appearances:
    more than one entry is named by a platform, is an archive, or is a folder with work in it."""
    inner = folder
    while True:
        entries = [entry for entry in inner.iterdir() if not archives.ignored(entry.name)]
        if len(entries) != 1 or not entries[0].is_dir() or entries[0].is_symlink():
            break
        if read_name(entries[0].name, folder=True) is not None or (entries[0] / ".git").exists():
            return folder
        inner = entries[0]
    students = [
        entry
        for entry in entries
        if read_name(entry.name, folder=entry.is_dir()) is not None
        or archives.is_archive(entry.name)
        or (entry.is_dir() and any(_is_work(file) for file in files_under(entry)))
    ]
    return inner if len(students) > 1 else folder


def _is_work(file: Path) -> bool:
    name = file.name.lower()
    return (
        is_readable(file)
        or archives.is_archive(name)
        or archives.is_unopened(name)
        or name.endswith(DOCUMENTS)
    )


def _by_stem(files: Iterable[Path]) -> list[list[Path]]:
    """Files of a flat class: `ada.py` and `ada.pdf` are one student's."""
    groups: dict[str, list[Path]] = {}
    for file in files:
        stem = archives.stem(file.name) if archives.is_archive(file.name) else file.stem
        groups.setdefault(stem, []).append(file)
    return list(groups.values())


def _of_files(files: Sequence[Path], place: Staging) -> Submission:
    if len(files) == 1 and not archives.is_archive(files[0].name):
        return place.of_file(files[0])
    name = archives.stem(files[0].name) if archives.is_archive(files[0].name) else files[0].stem
    return place.of_parts([(file.resolve(), file.name) for file in files], name, Identity())


def _downloaded(handed: dict[Path, Handed], place: Staging) -> Iterator[Submission]:
    """What a learning platform downloaded: all entries with the same name and number are one student's."""
    students: dict[tuple[str, str, str], list[tuple[Path, Handed]]] = {}
    for entry, name in handed.items():
        who = name.identity
        students.setdefault((who.name, who.moodle, who.canvas), []).append((entry.resolve(), name))
    for entries in students.values():
        identity, notes = _identity(entries), _late(entries)
        if len(entries) == 1 and entries[0][0].is_dir():
            yield place.of_folder(entries[0][0], entries[0][1].student, identity)
        else:
            yield place.of_parts(_parts(entries), entries[0][1].student, identity, notes)


def _identity(entries: Sequence[tuple[Path, Handed]]) -> Identity:
    """The files' own folder is where feedback belongs, rather than that of a text typed online."""
    first = min((name.identity for _, name in entries), key=lambda identity: "_file" not in identity.folder)
    return msgspec.structs.replace(first)


def _late(entries: Sequence[tuple[Path, Handed]]) -> tuple[str, ...]:
    late = sorted(name.own for _, name in entries if name.late)
    return (f"Handed in late, says the download: {', '.join(late)}.",) if late else ()


def _parts(entries: Sequence[tuple[Path, Handed]]) -> Iterator[Part]:
    """The files with the names the student gave them; the highest number comes last and wins."""
    for entry, name in sorted(entries, key=lambda each: each[1].number):
        if entry.is_dir():
            for file in files_under(entry):
                yield file, file.relative_to(entry).as_posix()
        else:
            yield entry, name.own
