"""Unpack a submitted archive without trusting anything in it.

Names are checked before anything is written, links and devices are left out, and the limits count bytes
really unpacked, whatever the headers say. The first bytes decide the archive type, not the name. `unpack`
takes plain values and needs only the grader's errors and limits, so it can run in a locked process.
"""

import errno
import os
import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Final

from grader.core.errors import NoRoomError, SourceError
from grader.core.ignored_names import ignored, made_by_a_program
from grader.core.intake_limits import CLASS, LONE, MIB, OF_A_STUDENT, Allowance
from grader.submissions.archive_entries import RefusedError, entries
from grader.core.escaping import visible

__all__ = [
    "CLASS",
    "LATEST",
    "LONE",
    "OF_A_STUDENT",
    "Allowance",
    "is_archive",
    "is_unopened",
    "stem",
    "unpack",
]

ENDINGS: Final = (".tar.gz", ".tgz", ".tar", ".zip")
UNOPENED: Final = (".rar", ".7z", ".tar.bz2", ".tbz2", ".tar.xz", ".txz", ".tar.zst", ".gz", ".bz2", ".xz")
CHUNK: Final = 64 * 1024
HONEST: Final = 20 * MIB
"""Up to this size any ratio is tolerated: a matrix of zeros is not an attack."""
LONGEST_NAME: Final = 200
"""Bytes; Linux allows 255."""
LONGEST_PATH: Final = 1_000
"""Bytes; Linux allows 4096, and the destination takes some."""


LATEST: Final = 2.0**33
"""Seconds since 1970, in the year 2242; file systems differ beyond that."""


def is_archive(name: str) -> bool:
    """Whether a file with this name is an archive of a supported type."""
    return name.lower().endswith(ENDINGS)


def is_unopened(name: str) -> bool:
    """Whether a file with this name is an archive of an unsupported type."""
    return not is_archive(name) and name.lower().endswith(UNOPENED)


def stem(name: str) -> str:
    """The archive's name without its extension."""
    ending = next((ending for ending in ENDINGS if name.lower().endswith(ending)), "")
    return name[: len(name) - len(ending)]


def unpack(
    archive: Path, name: str, folder: Path, allowance: Allowance, times: dict[str, float] | None = None
) -> tuple[str, ...]:
    """Unpack into a folder, which is created; return a sentence about what was left out, if anything.

    If `times` is given, the entries' modification times are stored there by path, for a caller who may set
    times where a locked process may not.

    Sentences refer to the archive as `name`. Raises SourceError, in one sentence, if the archive as a whole
    cannot be used, whatever is wrong with it, and NoRoomError if the disk is full; in both cases nothing of
    it is left behind.
    """
    folder.mkdir(parents=True)
    try:
        with archive.open("rb") as file:
            left_out = tuple(_written(file, folder, allowance, archive.stat().st_size, times))
    except Exception as error:  # archive readers raise anything that damaged headers lead to
        shutil.rmtree(folder, ignore_errors=True)
        if isinstance(error, OSError) and error.errno in (errno.ENOSPC, errno.EDQUOT):
            raise NoRoomError(
                f"There is no room to unpack {name}: set TMPDIR to a folder on a larger disk."
            ) from error
        raise SourceError(_sentence(name, error)) from error
    if not left_out:
        return ()
    shown = "; ".join(left_out[:3]) + ("; …" if len(left_out) > 3 else "")
    return (f"Left out of {name}: {shown}.",)


def _sentence(name: str, error: Exception) -> str:
    if isinstance(error, RefusedError):
        return f"{name} {error}"
    if isinstance(error, NotImplementedError):
        return f"{name} is compressed in a way that is not supported: pack it again as .zip or .tar.gz."
    if isinstance(error, MemoryError):
        return f"{name} takes more memory to unpack than there is: hand in the files themselves."
    return f"{name} is damaged or cut off and cannot be unpacked: download or hand it in again."


def _written(
    file: IO[bytes], folder: Path, allowance: Allowance, packed: int, times: dict[str, float] | None
) -> Iterator[str]:
    """Write all entries; yield what is left out and why."""
    total = 0
    for number, entry in enumerate(entries(file, allowance, packed), 1):
        if number > allowance.entries:
            raise RefusedError(f"contains more than {allowance.entries} entries: hand in only your own files.")
        if not entry.name:
            raise RefusedError("contains an entry without a name: pack it again.")
        parts = [part for part in entry.name.replace("\\", "/").split("/") if part not in ("", ".")]
        called = _called(entry.name)
        reason = _unsafe(entry.name, parts, allowance.depth)
        if reason:
            yield f"{called} {reason}"
        elif not parts or any(_left_behind(part, allowance) for part in parts):
            continue
        elif entry.kind == "folder":
            if not _made(folder, parts):
                yield f"{called} has the same path as another file"
        elif entry.kind != "file":
            yield f"{called} is {entry.kind}"
        elif not _made(folder, parts[:-1]) or (target := folder.joinpath(*parts)).exists():
            yield f"{called} is in it twice"
        else:
            with target.open("xb") as out, entry.open() as content:
                while chunk := content.read(CHUNK):
                    total += len(chunk)
                    if total > allowance.size:
                        raise RefusedError(
                            f"contains more than {allowance.size // MIB} MB: leave out data and environments."
                        )
                    if total > HONEST and total > allowance.ratio * packed:
                        raise RefusedError(
                            f"unpacks to more than {allowance.ratio} times its size, which only harmful archives do: "
                            "hand in only your own files."
                        )
                    out.write(chunk)
            if entry.modified is not None and 0 <= entry.modified < LATEST:
                os.utime(target, (entry.modified, entry.modified))
                if times is not None:
                    times["/".join(parts)] = entry.modified


def _left_behind(name: str, allowance: Allowance) -> bool:
    """Whether files with this name are not unpacked; in a class archive, a hidden name may be a student."""
    if allowance.hidden and name.startswith("."):
        return made_by_a_program(name)
    return ignored(name)


def _called(name: str) -> str:
    return f"`{visible(name[:80].translate({10: ' ', 9: ' '}))}`"


def _made(folder: Path, parts: list[str]) -> bool:
    try:
        folder.joinpath(*parts).mkdir(parents=True, exist_ok=True)
    except (FileExistsError, NotADirectoryError):
        return False
    return True


def _unsafe(name: str, parts: list[str], deepest: int) -> str:
    if ".." in parts or name.startswith(("/", "\\")) or re.match(r"[A-Za-z]:", name):
        return "leads outside its folder"
    if "\0" in name or not _is_text(name):
        return "has a name that cannot be written"
    if len(name.encode()) > LONGEST_PATH or any(len(part.encode()) > LONGEST_NAME for part in parts):
        return "has a name that is too long"
    return f"is more than {deepest} folders deep" if len(parts) > deepest else ""


def _is_text(name: str) -> bool:
    """Whether the name can be written as UTF-8; Python reads bytes that are not text as lone surrogates."""
    try:
        name.encode()
    except UnicodeEncodeError:
        return False
    return True
