"""The content of a zip or a tar, entry by entry, without trusting its headers.

Lengths in headers limit what is read; memory is never allocated from them. A tar is read by our own reader:
it supports the few kinds of header that programs write, and takes time proportional to the bytes.
"""

import bz2
import copy
import gzip
import stat
import tarfile
import time
import zipfile
import zlib
from collections.abc import Callable, Iterator
from datetime import datetime
from typing import IO, Final, NamedTuple, cast

from grader.core.intake_limits import MIB, Allowance

__all__ = ["Entry", "RefusedError", "entries"]

LONGEST_HEADER: Final = MIB
"""Bytes of one tar header: a long name and some attributes."""
BYTES_OF_AN_ENTRY: Final = 100
"""Average size of an entry in a zip directory, including its name; one megabyte comes on top."""
BLOCK: Final = 512
PIECE: Final = 256
"""Bytes of LZMA to unpack at once: Python returns everything they unpack to, up to 7,000 times as much."""


class Entry(NamedTuple):
    """One entry as its headers describe it."""

    name: str
    kind: str
    """`file`, `folder`, or a description of anything else."""
    modified: float | None
    open: Callable[[], IO[bytes]]


class RefusedError(Exception):
    """The archive as a whole cannot be used; the text says why."""


def entries(file: IO[bytes], allowance: Allowance, packed: int) -> Iterator[Entry]:
    """Every entry of an archive of `packed` bytes, in order. Raises RefusedError, or the errors of its
    reader.

    The first bytes decide the type. The content of an entry can be read until the next entry is requested.
    """
    start = file.read(BLOCK)
    file.seek(0)
    whole = allowance.size + 2048 * allowance.entries  # the files, a header for each, their padding
    if start.startswith((b"PK\3\4", b"PK\5\6")):
        # Once as directory, once as content, and some more where pieces overlap.
        yield from _zip_entries(_Limited(file, 3 * packed + MIB, allowance, _AGAIN), allowance)
    elif start.startswith(b"\x1f\x8b"):
        packed_file = _Limited(file, packed + MIB, allowance, _AGAIN)
        with gzip.GzipFile(fileobj=cast(IO[bytes], packed_file)) as plain:
            yield from _tar_entries(_Limited(cast(IO[bytes], plain), whole, allowance, _TOO_LARGE))
    elif start[257:262] == b"ustar":
        yield from _tar_entries(_Limited(file, whole, allowance, _TOO_LARGE))
    elif start.startswith(b"Rar!"):
        raise RefusedError("is a RAR archive: pack it again as .zip or .tar.gz.")
    elif start.startswith(b"7z\xbc\xaf"):
        raise RefusedError("is a 7z archive: pack it again as .zip or .tar.gz.")
    elif not start:
        raise RefusedError("is empty: hand it in again.")
    else:
        raise RefusedError("is not an archive, despite its name: hand in the files themselves.")


_AGAIN: Final = (
    "has overlapping parts, which only harmful archives have: hand in only your own files."
)
_TOO_LARGE: Final = "contains more than {most} MB: leave out data and environments."


class _Limited:
    """A file that refuses to be read beyond its limits: bytes in total, bytes at once, and CPU time."""

    def __init__(self, file: IO[bytes], most: int, allowance: Allowance, refusal: str) -> None:
        self._file, self._most, self._refusal = file, most, refusal
        self._at_once = min(16 * MIB, MIB + BYTES_OF_AN_ENTRY * allowance.entries)
        self._until = time.thread_time() + allowance.seconds
        self._read = 0
        self.piece = self._at_once + 1
        """Bytes returned at once, however many are requested."""

    def read(self, size: int = -1) -> bytes:
        """Read at most `size` bytes, or all."""
        if time.thread_time() > self._until:
            raise RefusedError("takes too long to unpack: hand in the files themselves.")
        wanted = self._at_once + 1 if size < 0 else min(size, self._at_once + 1)
        data = self._file.read(min(wanted, self.piece))
        if len(data) > self._at_once:
            raise RefusedError(
                f"has headers of more than {self._at_once // MIB} MB, which no honest archive has: hand in only "
                "your own files."
            )
        self._read += len(data)
        if self._read > self._most:
            raise RefusedError(self._refusal.format(most=self._most // MIB))
        return data

    def seek(self, offset: int, whence: int = 0) -> int:
        """Seek to a position in the file."""
        return self._file.seek(offset, whence)

    def tell(self) -> int:
        """The current position."""
        return self._file.tell()

    def seekable(self) -> bool:
        """Report that seeking is supported."""
        return True


# --- zip --------------------------------------------------------------------------------------------------


def _zip_entries(file: _Limited, allowance: Allowance) -> Iterator[Entry]:
    with zipfile.ZipFile(cast(IO[bytes], file)) as archive:
        infos = archive.infolist()
        if len(infos) > allowance.entries:
            raise RefusedError(f"contains more than {allowance.entries} entries: hand in only your own files.")
        for info in infos:
            if info.flag_bits & 0x1:
                raise RefusedError("is encrypted: pack it again without a password.")
            file.piece = 16 * MIB
            yield Entry(_zip_name(info), _zip_kind(info), _zip_time(info), _opener(archive, info, file))


def _opener(archive: zipfile.ZipFile, info: zipfile.ZipInfo, file: _Limited) -> Callable[[], IO[bytes]]:
    def opened() -> IO[bytes]:
        if info.compress_type == zipfile.ZIP_BZIP2:
            return cast(IO[bytes], _Bunzipped(archive, info))
        content = archive.open(info)
        if info.compress_type == zipfile.ZIP_LZMA:
            file.piece = PIECE
        return content

    return opened


class _Bunzipped:
    """The content of a bzip2 entry, a little at a time: Python's own reader unpacks everything it has read,
    and a few bytes of bzip2 can make a hundred megabytes."""

    def __init__(self, archive: zipfile.ZipFile, info: zipfile.ZipInfo) -> None:
        raw = copy.copy(info)
        raw.compress_type, raw.file_size = zipfile.ZIP_STORED, info.compress_size
        del raw.CRC  # the size after unpacking, which is compared below
        self._packed = archive.open(raw)
        self._unpacking = bz2.BZ2Decompressor()
        self._wanted, self._sum = info.CRC, 0

    def __enter__(self) -> "_Bunzipped":
        return self

    def __exit__(self, *_: object) -> None:
        self._packed.close()

    def read(self, size: int) -> bytes:
        """At most `size` more bytes; none at the end. Raises EOFError and BadZipFile if it is damaged."""
        while not self._unpacking.eof:
            data = self._packed.read(4096) if self._unpacking.needs_input else b""
            if self._unpacking.needs_input and not data:
                raise EOFError("the entry is cut off")
            if out := self._unpacking.decompress(data, size):
                self._sum = zlib.crc32(out, self._sum)
                return out
        if self._sum != self._wanted:
            raise zipfile.BadZipFile("the content differs from what was packed")
        return b""


def _zip_name(info: zipfile.ZipInfo) -> str:
    """The entry's name; macOS and others write UTF-8 without declaring it."""
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
    if info.filename.endswith(("/", "\\")):
        return "folder"
    return "file" if mode in (0, stat.S_IFREG) else "not a regular file"


def _zip_time(info: zipfile.ZipInfo) -> float | None:
    try:
        return datetime(*info.date_time).timestamp()
    except (ValueError, OverflowError, OSError):
        return None


# --- tar --------------------------------------------------------------------------------------------------

_KINDS: Final = {tarfile.REGTYPE: "file", tarfile.AREGTYPE: "file", tarfile.CONTTYPE: "file",
                 tarfile.DIRTYPE: "folder", tarfile.SYMTYPE: "a link", tarfile.LNKTYPE: "a link"}  # fmt: skip
_WITHOUT_CONTENT: Final = (
    tarfile.SYMTYPE, tarfile.LNKTYPE, tarfile.DIRTYPE, tarfile.CHRTYPE, tarfile.BLKTYPE, tarfile.FIFOTYPE,
)  # fmt: skip


def _tar_entries(file: _Limited) -> Iterator[Entry]:
    said: dict[str, str] = {}
    while (header := _header(file)) is not None:
        if header.size < 0:
            raise tarfile.ReadError("a negative size")
        if header.type in (tarfile.XHDTYPE, tarfile.SOLARIS_XHDTYPE):
            said = _attributes(_block(file, header.size))
            continue
        if header.type == tarfile.XGLTYPE:
            _block(file, header.size)
            continue
        if header.type in (tarfile.GNUTYPE_LONGNAME, tarfile.GNUTYPE_LONGLINK):
            text = _block(file, header.size).split(b"\0", 1)[0].decode("utf-8", "surrogateescape")
            said |= {"path": text} if header.type == tarfile.GNUTYPE_LONGNAME else {}
            continue
        name = said.get("path", header.name)
        kind = _KINDS.get(header.type, "no file")
        if kind == "file" and name.endswith("/"):
            kind = "folder"  # as written by the oldest programs
        if "sparse" in said:
            kind = "a sparse file, which is not supported"
        size = _whole_number(said.get("size"), header.size)
        content = _Content(file, 0 if header.type in _WITHOUT_CONTENT else size)
        yield Entry(name, kind, _seconds(said.get("mtime"), header.mtime), content.itself)
        content.skip()
        said = {}


def _header(file: _Limited) -> tarfile.TarInfo | None:
    """The next header, or None at the end: an empty block, or no more data."""
    block = _exactly(file, BLOCK, or_nothing=True)
    if not block.strip(b"\0"):
        return None
    return tarfile.TarInfo.frombuf(block, "utf-8", "surrogateescape")


def _block(file: _Limited, size: int) -> bytes:
    """The content of a header that describes the next one."""
    if size > LONGEST_HEADER:
        raise RefusedError(
            f"has a header of more than {LONGEST_HEADER // MIB} MB, which no honest archive has: hand in only "
            "your own files."
        )
    return _exactly(file, size + -size % BLOCK)[:size]


def _attributes(data: bytes) -> dict[str, str]:
    """The relevant records `length key=value` of a pax header."""
    said: dict[str, str] = {}
    place = 0
    while place < len(data) and data[place]:
        space = data.index(b" ", place, place + 20)
        end = place + int(data[place:space])
        key, equals, value = data[space + 1 : end - 1].partition(b"=")
        if not equals or end > len(data) or end <= space:
            raise tarfile.ReadError("a damaged header")
        if key in (b"path", b"size", b"mtime"):
            said[key.decode()] = value.decode("utf-8", "surrogateescape")
        elif key.startswith(b"GNU.sparse."):
            said["sparse"] = ""
        place = end
    return said


def _whole_number(said: str | None, otherwise: int) -> int:
    number = otherwise if said is None else int(said[:20])
    if number < 0:
        raise tarfile.ReadError("a negative size")
    return number


def _seconds(said: str | None, otherwise: float) -> float | None:
    try:
        return float(otherwise if said is None else said[:40])
    except (ValueError, OverflowError):
        return None


def _exactly(file: _Limited, size: int, *, or_nothing: bool = False) -> bytes:
    data = file.read(size)
    while len(data) < size:
        more = file.read(size - len(data))
        if not more:
            break
        data += more
    if len(data) < size and (data or not or_nothing):
        raise EOFError("the tar is cut off")
    return data


class _Content:
    """The bytes of one tar entry, once, in order."""

    def __init__(self, file: _Limited, size: int) -> None:
        self._file, self._left, self._padding = file, size, -size % BLOCK

    def itself(self) -> IO[bytes]:
        """This object, for readers that expect a file."""
        return cast(IO[bytes], self)

    def __enter__(self) -> "_Content":
        return self

    def __exit__(self, *_: object) -> None:
        pass

    def read(self, size: int) -> bytes:
        """At most `size` more bytes; none at the end. Raises EOFError if the tar ends early."""
        data = self._file.read(min(size, self._left)) if self._left else b""
        if self._left and not data:
            raise EOFError("the tar is cut off")
        self._left -= len(data)
        return data

    def skip(self) -> None:
        """Skip what was not read."""
        while self.read(64 * 1024):
            pass
        if self._padding:
            _exactly(self._file, self._padding)
