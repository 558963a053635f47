"""Archives unpacked by a confined process: as `archives.unpack` does it, with nothing of an archive read here."""

import os
import shutil
import tempfile
from pathlib import Path
from typing import Final

import msgspec

from grader.archives import Allowance
from grader.confined.readers import MEMORY, Readers, shared
from grader.confined.tasks import UNPACKED, ReaderSettings, Unpack, Unpacked, decoded
from grader.errors import PathError, SourceError

__all__ = ["CPU_SECONDS", "unpack_confined"]

CPU_SECONDS: Final = 30
"""For one archive; 200 MB take three."""


def unpack_confined(
    archive: Path, name: str, folder: Path, allowance: Allowance, readers: Readers | None = None
) -> tuple[str, ...]:
    """Unpack into a folder, which is made; return a sentence about what was left out, if anything was.

    The process can write nowhere but there. Raises SourceError and PathError as `archives.unpack` does; then nothing
    is left behind. Times of files are not kept: a locked process cannot set them.
    """
    folder.parent.mkdir(parents=True, exist_ok=True)
    place = Path(tempfile.mkdtemp(prefix="unpack-", dir=folder.parent))
    try:
        found = _asked(readers or shared("auto"), archive, name, place, allowance)
        if found.refused:
            raise SourceError(found.refused)
        if found.full:
            raise PathError(found.full)
        (place / UNPACKED).rename(folder)
        return found.notes
    finally:
        shutil.rmtree(place, ignore_errors=True)


def _asked(readers: Readers, archive: Path, name: str, place: Path, allowance: Allowance) -> Unpacked:
    task = Unpack(
        archive=os.fspath(archive.resolve()),
        name=name,
        folder=os.fspath(place.resolve()),
        entries=allowance.entries,
        size=allowance.size,
        ratio=allowance.ratio,
    )
    settings = ReaderSettings(
        memory=MEMORY,
        file_size=allowance.size,
        cpu_seconds=CPU_SECONDS,
        item_seconds=float(CPU_SECONDS),
    )
    answers = readers.ask(task, settings)
    try:
        return decoded(answers.bodies[0], Unpacked)
    except (IndexError, msgspec.MsgspecError):
        return Unpacked(
            refused=f"{name} is damaged, or takes more time or memory to unpack than an archive of students' work does: "
            "pack it again as .zip or .tar.gz."
        )
