"""From the paths on the command line to submissions: who handed in which files.

A folder of folders is a class, one folder per student. A folder that contains only files is a class of single
files, or one student's if it contains just one; files that differ only in their extension belong together.
Downloads from Moodle and Canvas are recognised by their names. An archive stands for the folder in it.

The paths themselves are the user's own and are followed wherever they lead. Nothing below them is: links are
not followed, and an unusable entry affects only its owner.
"""

import logging
import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import partial
from pathlib import Path

import msgspec

from grader.submissions import archives
from grader.submissions.confined_unpacking import unpack_confined
from grader.core.ignored_names import ignored
from grader.core.errors import GraderError, NoRoomError, PathError, SourceError
from grader.core.intake_limits import CLASS, INTAKE, LONE
from grader.submissions.platform_names import Handed, read_name
from grader.submissions.class_listing import Entry, entries_of, hidden, holds_work, is_work, stem
from grader.core.model import Identity, Submission
from grader.submissions.identity_matching import distinct, enrolled
from grader.submissions.staging import MAX_FILES, Part, Staging, Unpack, guarded, only_entries, raise_without_room, reason
from grader.core.safe_files import as_text, look, shown

__all__ = ["MAX_FILES", "collect", "one"]

_log = logging.getLogger("grader")


def collect(
    paths: Sequence[Path],
    roster: Sequence[Identity] = (),
    staging: Path | None = None,
    unpack: Unpack = unpack_confined,
) -> tuple[Submission, ...]:
    """Every submission under the paths, and everybody on the roster, sorted by student.

    Files that have to be unpacked or renamed go to `staging`, or to a temporary folder that is removed when
    the program ends. `unpack` unpacks archives. Raises PathError if a path does not exist or contains
    nothing, and NoRoomError if the disk is full.
    """
    place = Staging(staging, unpack)
    found: list[Submission] = []
    for path in paths:
        found += _found(path, place, alone=len(paths) == 1)
    if roster:
        found = list(enrolled(found, roster, place.nothing()))
    return tuple(sorted(distinct(found), key=lambda submission: submission.student))


def one(path: Path, staging: Path | None = None, unpack: Unpack = unpack_confined) -> Submission:
    """The path as a single student's submission, whether file, folder or archive."""
    _must_exist(path)
    place = Staging(staging, unpack)
    real = path.resolve()
    if path.is_dir():
        return guarded(partial(place.of_folder, real, real.name), place, real.name, (real,))
    if archives.is_archive(path.name) or str(real) != as_text(str(real)):
        return guarded(partial(place.of_files, [real], path.name), place, path.name, (real,))
    return Submission(path.name, real.parent, (real,), origins=(real,))


def _found(path: Path, place: Staging, *, alone: bool) -> list[Submission]:
    """The submissions under one path. If the path is not `alone`, an error in it affects no other path: a
    shell may have added it."""
    try:
        if not alone and path.is_symlink():
            raise PathError(
                f"{path} is a link, and links are not followed among several paths: give its target instead."
            )
        _must_exist(path)
        found = list(_under(path, place))
        if not found:
            dotted = _hidden_work(path)
            besides = f" ({', '.join(dotted[:5])} begins with a dot: rename it)" if dotted else ""
            raise PathError(
                f"{path} contains no submissions{besides}: give a folder that contains one folder or file for each student."
            )
    except NoRoomError:
        raise
    except Exception as error:  # wherever its names and folders lead
        raise_without_room(error)
        told = str(error) if isinstance(error, GraderError) else f"{path} cannot be read ({reason(error)})."
        if alone or not os.path.lexists(path):
            raise PathError(told) from error
        found = [place.of_nothing(path.name or path.resolve().name, told, (path.absolute(),))]
    if len(found) == 1 and alone and path.is_symlink():
        note = f"{path} is a link; it was followed because it is the path on the command line."
        found = [msgspec.structs.replace(found[0], notes=(*found[0].notes, note))]
    given = Path(os.path.realpath(path))
    return [msgspec.structs.replace(submission, given=given) for submission in found]


def _must_exist(path: Path) -> None:
    if not path.exists():
        raise PathError(f"{path} does not exist: check the spelling, or run the command from another folder.")
    if not path.is_dir() and not path.is_file():
        raise PathError(f"{path} is neither a file nor a folder: give a file or a folder.")
    if not os.access(path, os.R_OK):
        raise PathError(f"{path} cannot be read: change its permissions.")


def _under(path: Path, place: Staging) -> Iterator[Submission]:
    real = path.resolve()
    if path.is_dir():
        yield from _class(real, place)
    elif archives.is_archive(path.name):
        try:
            unpacked = place.of_class_archive(path, CLASS)
        except SourceError as error:
            raise PathError(str(error)) from error
        yield from _of_archive(unpacked, path, place)
    else:
        yield guarded(partial(place.of_file, real), place, path.name, (real,))


def _of_archive(unpacked: Path, archive: Path, place: Staging) -> Iterator[Submission]:
    """The students in an archive; their work is reported at the archive's location."""
    real = archive.resolve()
    for submission in _class(unpacked, place, packed=True):
        inside = tuple(real / origin.relative_to(unpacked) for origin in submission.origins)
        yield msgspec.structs.replace(submission, origins=inside)


def _class(folder: Path, place: Staging, *, packed: bool = False) -> Iterator[Submission]:
    """The students in a folder, given by its real path; if it was `packed`, it contains no further class
    archive."""
    folder = _without_wrapping(folder)
    entries = entries_of(folder)
    seen = [entry for entry in entries if not ignored(entry.name)]
    plain = [entry for entry in seen if entry.handed is None]
    folders = [entry for entry in plain if entry.kind == "folder"]
    files = [entry for entry in plain if entry.kind in ("file", "link") and is_work(entry.name)]
    handed = [
        entry for entry in seen if entry.handed is not None and entry.kind in ("file", "folder", "link")
    ]
    if not folders and not handed and len(files) == 1 and files[0].kind == "file":
        if not archives.is_archive(files[0].name):
            yield guarded(partial(place.of_folder, folder, folder.name), place, folder.name, (folder,))
            return
        if not packed:
            yield from _of_lone_archive(files[0].path, place)
            return
    yield from _downloaded(handed, place)
    dotted = hidden(entries) if folders or files or handed else []
    for entry in (*folders, *(entry for entry in dotted if entry.kind == "folder")):
        make = partial(place.of_folder, entry.path, entry.name)
        yield _flagged(entry, guarded(make, place, entry.name, (entry.path,)))
    names = {entry.name for entry in folders}
    for together in _by_stem([*files, *(entry for entry in dotted if entry.kind == "file")]):
        unopened = [
            entry
            for entry in together
            if not (archives.is_archive(entry.name) and archives.stem(entry.name) in names)
        ]
        if unopened:
            yield _flagged(unopened[0], _of_flat(unopened, place))
    for entry in plain:
        if not entry.kind:
            note = "It cannot be read: change its permissions, then grade again."
            yield place.of_nothing(entry.name, note, (entry.path,))
        elif entry.kind == "link" and entry not in files:
            _log.error(
                "%s is a link, and links are not followed: replace it with its target, or give it on the command line (in %s).",
                shown(entry.name),
                shown(entry.path.parent.as_posix()),
            )
        elif entry.kind == "other" and is_work(entry.name):
            _log.error(
                "%s is not a regular file and was left out (in %s).",
                shown(entry.name),
                shown(entry.path.parent.as_posix()),
            )


def _hidden_work(path: Path) -> list[str]:
    """The names of hidden work in a folder that contains no other work."""
    try:
        return [shown(entry.name) for entry in hidden(entries_of(path))] if path.is_dir() else []
    except OSError:
        return []


def _flagged(entry: Entry, submission: Submission) -> Submission:
    """The submission, with a note if its name would have hidden it."""
    if not entry.name.startswith("."):
        return submission
    note = "Its name begins with a dot, like that of a hidden file: rename it, or remove it if it is nobody's work."
    return msgspec.structs.replace(submission, notes=(note, *submission.notes))


def _without_wrapping(folder: Path) -> Path:
    """The folder, or the one at the end of a chain of single folders if that is clearly a class: more than
    one entry is named by a platform, is an archive, or is a folder that contains work."""
    inner = folder
    for _ in range(INTAKE.depth):
        first = only_entries(inner)
        if len(first) != 1 or not first[0].is_dir(follow_symlinks=False):
            break
        below = inner / first[0].name
        if read_name(below.name, folder=True) is not None or os.path.lexists(below / ".git"):
            return folder
        inner = below
    if inner == folder:
        return folder
    students = [
        entry
        for entry in entries_of(inner)
        if not ignored(entry.name)
        and (
            entry.handed is not None
            or archives.is_archive(entry.name)
            or (entry.kind == "folder" and holds_work(entry.path))
        )
    ]
    return inner if len(students) > 1 else folder


def _by_stem(files: Iterable[Entry]) -> list[list[Entry]]:
    """Files of a flat class: `ada.py` and `ada.pdf` belong to one student."""
    groups: dict[str, list[Entry]] = {}
    for file in files:
        groups.setdefault(stem(file.name), []).append(file)
    return list(groups.values())


def _of_flat(entries: Sequence[Entry], place: Staging) -> Submission:
    """The submission of files that lie beside those of others; links among them are named and left out."""
    first = entries[0].name
    student = first if len(entries) == 1 and not archives.is_archive(first) else stem(first)
    files = [entry.path for entry in entries if entry.kind == "file"]
    everything = tuple(entry.path for entry in entries)

    def make() -> Submission:
        made = place.of_files(files, student, _links_named(entries))
        return msgspec.structs.replace(made, origins=everything)

    return guarded(make, place, student, everything)


def _of_lone_archive(file: Path, place: Staging) -> Iterator[Submission]:
    """The content of the only archive in a folder; if it cannot be unpacked, it belongs to a student."""
    try:
        unpacked = place.of_class_archive(file, LONE)
    except SourceError as error:
        yield place.of_nothing(file.name, str(error), (file,))
        return
    yield from _of_archive(unpacked, file, place)


def _links_named(entries: Iterable[Entry]) -> tuple[str, ...]:
    return tuple(
        f"Left out: `{shown(entry.name)}` is a link, and links are not followed: hand in the file itself."
        for entry in entries
        if entry.kind == "link"
    )


def _downloaded(handed: Iterable[Entry], place: Staging) -> Iterator[Submission]:
    """The download of a learning platform: all entries with the same name and number belong to one student."""
    students: dict[tuple[str, str, str], list[tuple[Entry, Handed]]] = {}
    for entry in handed:
        if entry.handed is not None:
            who = entry.handed.identity
            students.setdefault((who.name, who.moodle, who.canvas), []).append((entry, entry.handed))
    for entries in students.values():
        identity, student = _identity(entries), entries[0][1].student
        origins = tuple(entry.path for entry, _ in entries)
        if len(entries) == 1 and entries[0][0].kind == "folder":
            make: Callable[[], Submission] = partial(place.of_folder, origins[0], student, identity)
        else:
            make = partial(_put_together, entries, place, student, identity)
        yield guarded(make, place, student, origins, identity)


def _put_together(
    entries: Sequence[tuple[Entry, Handed]], place: Staging, student: str, identity: Identity
) -> Submission:
    """The files with their original names; the highest number comes last and wins."""
    parts: list[Part] = []
    notes = (*_late(entries), *_links_named(entry for entry, _ in entries))
    for entry, name in sorted(entries, key=lambda each: each[1].number):
        if entry.kind == "folder":
            found = look(entry.path)
            notes += found.notes
            parts += [
                Part(file, as_text(file.relative_to(entry.path).as_posix()), entry.path)
                for file in found.files
            ]
        elif entry.kind == "file":
            parts.append(Part(entry.path, as_text(name.own), entry.path.parent))
    return place.of_parts(parts, student, identity, notes, tuple(entry.path for entry, _ in entries))


def _identity(entries: Sequence[tuple[Entry, Handed]]) -> Identity:
    """Feedback belongs in the files' own folder rather than that of a text typed online."""
    return min((name.identity for _, name in entries), key=lambda identity: "_file" not in identity.folder)


def _late(entries: Sequence[tuple[Entry, Handed]]) -> tuple[str, ...]:
    late = sorted(shown(name.own) for _, name in entries if name.late)
    return (f"The download marks as late: {', '.join(late)}.",) if late else ()
