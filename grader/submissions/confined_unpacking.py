"""Unpack archives in a confined process, like `archives.unpack`; nothing of an archive is read in this
process."""

import os
import shutil
import tempfile
from pathlib import Path
from typing import Final

import msgspec

from grader.submissions.archives import LATEST, Allowance
from grader.sandbox.reader_client import MEMORY, Readers, shared
from grader.sandbox.reader_messages import UNPACKED, ReaderSettings, Unpack, Unpacked, decoded
from grader.core.errors import NoRoomError, SourceError

__all__ = ["unpack_confined"]

SPARE_SECONDS: Final = 10
"""CPU seconds in addition to the archive's own; then a process that has not finished is ended."""

MOST_ANSWERED: Final = 64 * 1024**2
"""Bytes of an answer: the names of all files of a large class, with their times."""


def unpack_confined(
    archive: Path, name: str, folder: Path, allowance: Allowance, readers: Readers | None = None
) -> tuple[str, ...]:
    """Unpack into a folder, which is created; return a sentence about what was left out, if anything.

    The process can write nowhere else. Raises SourceError and NoRoomError like `archives.unpack`; in both
    cases nothing is left behind.
    """
    folder.parent.mkdir(parents=True, exist_ok=True)
    place = Path(tempfile.mkdtemp(prefix="unpack-", dir=folder.parent))
    try:
        found = _asked(readers or shared("auto"), archive, name, place, allowance)
        if found.refused:
            raise SourceError(found.refused)
        if found.full:
            raise NoRoomError(found.full)
        (place / UNPACKED).rename(folder)
        _set_times(folder, found.times)
        return found.notes
    finally:
        shutil.rmtree(place, ignore_errors=True)


def _set_times(folder: Path, times: dict[str, float]) -> None:
    """Set modification times, only of regular files below the folder."""
    for name, when in times.items():
        parts = name.split("/")
        if ".." in parts or "" in parts or not 0 <= when < LATEST:
            continue
        try:
            os.utime(folder.joinpath(*parts), (when, when), follow_symlinks=False)
        except (OSError, ValueError):
            continue  # it was listed and not written


def _asked(readers: Readers, archive: Path, name: str, place: Path, allowance: Allowance) -> Unpacked:
    task = Unpack(
        archive=os.fspath(archive.resolve()),
        name=name,
        folder=os.fspath(place.resolve()),
        allowance=allowance,
    )
    settings = ReaderSettings(
        memory=MEMORY,
        file_size=allowance.size,
        cpu_seconds=int(allowance.seconds) + SPARE_SECONDS,
        item_seconds=allowance.seconds + SPARE_SECONDS,
    )
    answers = readers.ask(task, settings, MOST_ANSWERED)
    try:
        return decoded(answers.bodies[0], Unpacked)
    except (IndexError, msgspec.MsgspecError):
        return Unpacked(
            refused=f"{name} is damaged, or takes more time or memory to unpack than an archive of student work should: "
            "pack it again as .zip or .tar.gz."
        )
