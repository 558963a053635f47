"""What a confined process is asked and what it answers: plain values in MessagePack, checked where they arrive."""

import struct
from typing import Any, Final, TypeVar

import msgspec

from grader.core.intake_limits import Allowance
from grader.core.model import Frozen, Source

__all__ = [
    "ANSWER",
    "END",
    "HEAD",
    "UNPACKED",
    "Looked",
    "Outline",
    "Read",
    "ReaderSettings",
    "State",
    "Task",
    "Unpack",
    "Unpacked",
    "decoded",
    "encoded",
    "framed",
    "task_from",
]

ANSWER: Final = 6 * 1024**2
"""Bytes of all answers to one task; a report of a hundred pages makes less than one million."""

_T = TypeVar("_T")

HEAD: Final = struct.Struct("<I")

END: Final = b""
"""The last answer: everything was done."""


UNPACKED: Final = "unpacked"
"""Where in the folder of a task an archive's content goes."""


class ReaderSettings(msgspec.Struct, frozen=True, kw_only=True):
    """What a new process is told before it is sent its task; sizes in bytes, times in seconds of CPU."""

    memory: int
    """Address space in all."""
    file_size: int
    """One file it writes; 0 for none."""
    cpu_seconds: int
    """For the whole task."""
    item_seconds: float
    """For one item of it, after which the process is ended."""
    kinds: tuple[str, ...] = ()
    """Endings of files to be read, whose libraries are loaded before it is forked."""


class Read(Frozen, frozen=True, tag=True):
    """Read files; one `Looked` for each is answered. They are called by their paths from `root`."""

    root: str
    names: tuple[str, ...]
    room: int = ANSWER
    """Bytes of all answers; a file beyond is said to be too much."""
    beside: tuple[str, ...] = ()
    """Further files of the submission, which reports may include."""
    asked: dict[str, str] = {}  # noqa: RUF012  msgspec copies it
    """Names of functions that are looked for, as `binding.normalised` writes them, and what the sheet calls each."""


class State(Frozen, frozen=True, tag=True):
    """Find what is stated in texts; a list of `Stated` for each is answered."""

    texts: tuple[str, ...]


class Unpack(Frozen, frozen=True, tag=True):
    """Unpack an archive into a folder that exists and is empty; one `Unpacked` is answered."""

    archive: str
    name: str
    folder: str
    allowance: Allowance


Task = Read | State | Unpack


class Outline(Frozen, frozen=True):
    """What tells the code of one file from that of others, without its tree."""

    defined: dict[str, str] = {}  # noqa: RUF012
    """The functions asked for, by the sheet's names, each with a digest of its body."""
    statements: frozenset[str] = frozenset()
    """Digests of the top-level statements but for what only defines or imports."""
    modules: frozenset[str] = frozenset()
    """What it imports."""


class Looked(Frozen, frozen=True):
    """A file that was read."""

    source: Source
    outline: Outline


class Unpacked(Frozen, frozen=True):
    """What came of an archive: sentences about what was left out, or the reason why it cannot be used at all."""

    notes: tuple[str, ...] = ()
    refused: str = ""
    full: str = ""
    """Where there was no room for it."""
    times: dict[str, float] = {}  # noqa: RUF012
    """When files were changed, in seconds since 1970, by their paths: a locked process cannot set it."""


def encoded(value: object) -> bytes:
    """A task or an answer as MessagePack."""
    return msgspec.msgpack.encode(value, enc_hook=str)


def decoded(data: bytes, kind: type[_T]) -> _T:
    """An answer. Raises msgspec.MsgspecError where it is something else."""
    try:
        return msgspec.msgpack.decode(data, type=kind, dec_hook=_as_path)
    except (RecursionError, UnicodeDecodeError, ValueError) as error:
        if isinstance(error, msgspec.MsgspecError):
            raise
        raise msgspec.DecodeError(str(error)) from error


def task_from(data: bytes) -> Task:
    """A task that was sent."""
    task: Task = msgspec.msgpack.decode(data, type=Task)
    return task


def framed(body: bytes) -> bytes:
    """A message with its length before it."""
    return HEAD.pack(len(body)) + body


def _as_path(kind: type, value: Any) -> Any:
    return kind(value)
