"""From the paths on the command line to submissions: who handed in which files.

A folder of folders is a class, one folder a student. A folder of files without folders is a class of
single files, or one student's if it holds just one. A file is a student of its own.
"""

import os
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Final

from grader.errors import PathError
from grader.model import Submission
from grader.sources import is_readable

__all__ = ["collect", "one"]

MAX_FILES: Final = 1_000
"""Files of one student beyond this number are not looked at."""

_IGNORED: Final = ("__pycache__", "__MACOSX", "node_modules", "venv", "env")


def collect(paths: Sequence[Path]) -> tuple[Submission, ...]:
    """Every submission under the paths, sorted by student.

    Raises PathError where a path does not exist, holds nothing, or two students have the same name.
    """
    found: list[Submission] = []
    for path in paths:
        _must_exist(path)
        submissions = list(_of(path))
        if not submissions:
            raise PathError(
                f"{path} holds no submissions: give a folder with one folder or file for each student."
            )
        found += submissions
    _must_differ(found)
    return tuple(sorted(found, key=lambda submission: submission.student))


def one(path: Path) -> Submission:
    """The path as a single student's submission, whether file or folder."""
    _must_exist(path)
    if path.is_file():
        return _single(path)
    return _folder(path, path.resolve().name)


def _must_exist(path: Path) -> None:
    if not path.exists():
        raise PathError(f"{path} does not exist: check the spelling, or run the command from another folder.")
    if not path.is_dir() and not path.is_file():
        raise PathError(f"{path} is neither a file nor a folder: give one of these.")
    if not os.access(path, os.R_OK):
        raise PathError(f"{path} cannot be read: change its permissions.")


def _must_differ(found: Iterable[Submission]) -> None:
    places: dict[str, Submission] = {}
    for submission in found:
        twin = places.setdefault(submission.student.casefold(), submission)
        if twin is not submission:
            raise PathError(
                f"Two submissions are called {submission.student}: {_place(twin)} and {_place(submission)}; "
                "rename one of them."
            )


def _place(submission: Submission) -> Path:
    return (
        submission.files[0]
        if submission.root.name != submission.student and submission.files
        else submission.root
    )


def _of(path: Path) -> Iterator[Submission]:
    if path.is_file():
        yield _single(path)
        return
    entries = sorted(entry for entry in path.iterdir() if not _ignored(entry))
    folders = [entry for entry in entries if entry.is_dir() and not entry.is_symlink()]
    files = [entry for entry in entries if entry.is_file() and is_readable(entry)]
    if not folders and len(files) == 1:
        yield _folder(path, path.resolve().name)
        return
    for folder in folders:
        yield _folder(folder, folder.name)
    for file in files:
        yield _single(file)


def _single(path: Path) -> Submission:
    return Submission(path.name, path.resolve().parent, (path.resolve(),))


def _folder(path: Path, student: str) -> Submission:
    root = path.resolve()
    files = sorted(_files(root))
    notes = (f"Only the first {MAX_FILES} files were looked at.",) if len(files) > MAX_FILES else ()
    return Submission(student, root, tuple(files[:MAX_FILES]), notes)


def _files(root: Path) -> Iterator[Path]:
    for folder, folders, names in os.walk(root):
        folders[:] = sorted(name for name in folders if not _ignored(Path(name)))
        for name in sorted(names):
            file = Path(folder) / name
            if not _ignored(file) and file.is_file() and not file.is_symlink():
                yield file


def _ignored(path: Path) -> bool:
    return path.name.startswith((".", "~$")) or path.name in _IGNORED
