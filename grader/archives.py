"""Unpack what was handed in as an archive, trusting nothing in it.

Names are checked before anything is written, links and devices are left out, and the limits count bytes that
really came out, whatever the headers say. What kind of archive it is, its first bytes decide, not its name.
"""

import errno
import gzip
import os
import re
import shutil
import stat
import struct
import tarfile
import zipfile
import zlib
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path
from typing import IO, Final, cast

from grader.errors import PathError, SourceError
from grader.model import Frozen
from grader.text import visible

__all__ = ["CLASS", "OF_A_STUDENT", "Allowance", "ignored", "is_archive", "is_unopened", "stem", "unpack"]

ENDINGS: Final = (".tar.gz", ".tgz", ".tar", ".zip")
UNOPENED: Final = (".rar", ".7z", ".tar.bz2", ".tbz2", ".tar.xz", ".txz", ".tar.zst", ".gz", ".bz2", ".xz")
LEAVINGS: Final = ("__pycache__", "__MACOSX", "node_modules", "venv", "env")

MIB: Final = 1024**2
CHUNK: Final = 64 * 1024
MOST_AT_ONCE: Final = 16 * MIB
"""No header is longer: the directory of a zip with 100,000 entries takes 10 MiB."""
HONEST: Final = 20 * MIB
"""Up to this size any ratio is tolerated: a matrix of zeros is no attack."""
LONGEST_NAME: Final = 200
"""Bytes; Linux allows 255."""
LONGEST_PATH: Final = 1_000
"""Bytes; Linux allows 4096, and where it is unpacked takes some."""


LATEST: Final = 2.0**33
"""Seconds since 1970, in the year 2242; beyond, file systems differ."""


class Allowance(Frozen, frozen=True, kw_only=True):
    """What may come out of one archive: entries, bytes, and bytes out for each byte in."""

    entries: int
    size: int
    ratio: int


OF_A_STUDENT: Final = Allowance(entries=10_000, size=200 * MIB, ratio=200)
"""Text shrinks to a tenth; deflate reaches at most 1032."""

CLASS: Final = Allowance(entries=200_000, size=8192 * MIB, ratio=1_100)
"""A download of a whole class, which the teacher's own site packed."""


class _Entry(Frozen, frozen=True):
    name: str
    kind: str
    """`file`, `folder`, or what else it is, in words."""
    modified: float | None
    open: Callable[[], IO[bytes] | None]


class _RefusedError(Exception):
    """The archive as a whole cannot be used; the text says why."""


def is_archive(name: str) -> bool:
    """Whether a file of this name is an archive that is opened."""
    return name.lower().endswith(ENDINGS)


def is_unopened(name: str) -> bool:
    """Whether a file of this name is an archive of a kind that is not opened."""
    return not is_archive(name) and name.lower().endswith(UNOPENED)


def stem(name: str) -> str:
    """The archive's name without its ending."""
    ending = next((ending for ending in ENDINGS if name.lower().endswith(ending)), "")
    return name[: len(name) - len(ending)]


def ignored(name: str) -> bool:
    """Whether a file or folder of this name is hidden or a leaving of a program, and no student's work."""
    return name.startswith((".", "~$")) or name in LEAVINGS


def unpack(archive: Path, name: str, folder: Path, allowance: Allowance) -> tuple[str, ...]:
    """Unpack into a folder, which is made; return a sentence about what was left out, if anything was.

    `name` is how the archive is called in sentences. Raises SourceError in one sentence where it cannot be
    used as a whole, and PathError where there is no room for it; then nothing of it is left behind.
    """
    folder.mkdir(parents=True)
    try:
        with archive.open("rb") as file:
            left_out = tuple(_written(file, folder, allowance, archive.stat().st_size))
    except (_RefusedError, zipfile.BadZipFile, tarfile.TarError, zlib.error, EOFError, OSError, struct.error,
            ValueError, NotImplementedError, OverflowError) as error:  # fmt: skip
        shutil.rmtree(folder)
        if isinstance(error, OSError) and error.errno in (errno.ENOSPC, errno.EDQUOT):
            raise PathError(
                f"There is no room to unpack {name}: set TMPDIR to a folder on a larger disk."
            ) from error
        raise SourceError(_sentence(name, error)) from error
    if not left_out:
        return ()
    shown = "; ".join(left_out[:3]) + ("; …" if len(left_out) > 3 else "")
    return (f"Left out of {name}: {shown}.",)


def _sentence(name: str, error: Exception) -> str:
    if isinstance(error, _RefusedError):
        return f"{name} {error}"
    if isinstance(error, NotImplementedError):
        return f"{name} is compressed in a way that is not supported: pack it again as .zip or .tar.gz."
    return f"{name} is damaged or cut off and cannot be unpacked: download or hand it in again."


def _written(file: IO[bytes], folder: Path, allowance: Allowance, packed: int) -> Iterator[str]:
    """Write all entries; yield what is left out and why."""
    total = 0
    for number, entry in enumerate(_entries(file, allowance), 1):
        if number > allowance.entries:
            raise _RefusedError(f"holds more than {allowance.entries} entries: hand in your own files only.")
        parts = [part for part in entry.name.replace("\\", "/").split("/") if part not in ("", ".")]
        reason = _unsafe(entry.name, parts)
        if reason:
            yield f"`{visible(entry.name[:80])}` {reason}"
        elif not parts or any(ignored(part) for part in parts):
            continue
        elif entry.kind == "folder":
            if not _made(folder, parts):
                yield f"`{entry.name[:80]}` stands where a file of the same name is"
        elif entry.kind != "file":
            yield f"`{entry.name[:80]}` is {entry.kind}"
        elif not _made(folder, parts[:-1]) or (target := folder.joinpath(*parts)).exists():
            yield f"`{entry.name[:80]}` stands in it twice"
        else:
            with target.open("xb") as out, cast(IO[bytes], entry.open()) as content:
                while chunk := content.read(CHUNK):
                    total += len(chunk)
                    if total > allowance.size:
                        raise _RefusedError(
                            f"holds more than {allowance.size // MIB} MB: leave out data and environments."
                        )
                    if total > HONEST and total > allowance.ratio * packed:
                        raise _RefusedError(
                            f"unpacks to more than {allowance.ratio} times its size, as only harmful archives do: "
                            "hand in your own files only."
                        )
                    out.write(chunk)
            if entry.modified is not None and 0 <= entry.modified < LATEST:
                os.utime(target, (entry.modified, entry.modified))


def _made(folder: Path, parts: list[str]) -> bool:
    try:
        folder.joinpath(*parts).mkdir(parents=True, exist_ok=True)
    except (FileExistsError, NotADirectoryError):
        return False
    return True


def _unsafe(name: str, parts: list[str]) -> str:
    if ".." in parts or name.startswith(("/", "\\")) or re.match(r"[A-Za-z]:", name):
        return "leads out of its folder"
    if len(os.fsencode(name)) > LONGEST_PATH or any(len(os.fsencode(p)) > LONGEST_NAME for p in parts):
        return "has a name that is too long"
    if "\0" in name or not _is_text(name):
        return "has a name that cannot be written"
    return ""


def _is_text(name: str) -> bool:
    """Whether the name can be written as UTF-8; Python reads bytes that are no text as lone surrogates."""
    try:
        name.encode()
    except UnicodeEncodeError:
        return False
    return True


# --- the two kinds of archive -----------------------------------------------------------------------------


def _entries(file: IO[bytes], allowance: Allowance) -> Iterator[_Entry]:
    start = file.read(512)
    file.seek(0)
    if start.startswith((b"PK\3\4", b"PK\5\6")):
        yield from _zip_entries(_Limited(file, 1 << 62))
    elif start.startswith(b"\x1f\x8b"):
        with gzip.GzipFile(fileobj=file) as plain:
            yield from _tar_entries(_Limited(cast(IO[bytes], plain), _stream(allowance)))
    elif start[257:262] == b"ustar":
        yield from _tar_entries(_Limited(file, _stream(allowance)))
    elif start.startswith(b"Rar!"):
        raise _RefusedError("is a RAR archive: pack it again as .zip or .tar.gz.")
    elif start.startswith(b"7z\xbc\xaf"):
        raise _RefusedError("is a 7z archive: pack it again as .zip or .tar.gz.")
    elif not start:
        raise _RefusedError("is empty: hand it in again.")
    else:
        raise _RefusedError("is no archive, whatever its name says: hand in the files themselves.")


def _stream(allowance: Allowance) -> int:
    """Bytes of a whole tar stream: the files, a header for each, their padding."""
    return allowance.size + 2048 * allowance.entries


class _Limited:
    """A file that refuses to be read beyond a limit, or in pieces that no honest archive has."""

    def __init__(self, file: IO[bytes], most: int) -> None:
        self._file = file
        self._most = most

    def read(self, size: int = -1) -> bytes:
        """Read at most `size` bytes, or all."""
        wanted = MOST_AT_ONCE + 1 if size < 0 else min(size, MOST_AT_ONCE + 1)
        data = self._file.read(wanted)
        if len(data) > MOST_AT_ONCE:
            raise _RefusedError("has headers longer than any honest archive: hand in your own files only.")
        if self._file.tell() > self._most:
            raise _RefusedError(f"holds more than {self._most // MIB} MB: leave out data and environments.")
        return data

    def seek(self, offset: int, whence: int = 0) -> int:
        """Go to a place in the file."""
        return self._file.seek(offset, whence)

    def tell(self) -> int:
        """Say where the file is."""
        return self._file.tell()

    def seekable(self) -> bool:
        """Say that places can be gone to."""
        return True


def _zip_entries(file: _Limited) -> Iterator[_Entry]:
    with zipfile.ZipFile(cast(IO[bytes], file)) as archive:
        for info in archive.infolist():
            if info.flag_bits & 0x1:
                raise _RefusedError("is encrypted: pack it again without a password.")
            yield _Entry(_zip_name(info), _zip_kind(info), _zip_time(info), _opener(archive, info))


def _opener(archive: zipfile.ZipFile, info: zipfile.ZipInfo) -> Callable[[], IO[bytes]]:
    return lambda: archive.open(info)


def _zip_name(info: zipfile.ZipInfo) -> str:
    """The entry's name; macOS and others write UTF-8 without saying so."""
    if info.flag_bits & 0x800:
        return info.filename
    try:
        return info.filename.encode("cp437").decode("utf-8")
    except UnicodeError:
        return info.filename


def _zip_kind(info: zipfile.ZipInfo) -> str:
    mode = stat.S_IFMT(info.external_attr >> 16)
    if stat.S_ISLNK(mode):
        return "a link"
    if info.is_dir() or info.filename.endswith("\\"):
        return "folder"
    return "file" if mode in (0, stat.S_IFREG) else "no file"


def _zip_time(info: zipfile.ZipInfo) -> float | None:
    try:
        return datetime(*info.date_time).timestamp()
    except (ValueError, OverflowError):
        return None


def _tar_entries(file: _Limited) -> Iterator[_Entry]:
    with tarfile.open(fileobj=cast(IO[bytes], file), mode="r|") as archive:
        for member in archive:
            kind = (
                "file" if member.isreg()
                else "folder" if member.isdir()
                else "a link" if member.issym() or member.islnk()
                else "no file"
            )  # fmt: skip
            yield _Entry(member.name, kind, float(member.mtime), _extractor(archive, member))


def _extractor(archive: tarfile.TarFile, member: tarfile.TarInfo) -> Callable[[], IO[bytes] | None]:
    return lambda: archive.extractfile(member)
