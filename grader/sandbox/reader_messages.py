"""Tasks for a confined process and its answers: plain values in MessagePack, checked on arrival."""

import struct
from typing import Any, Final, TypeVar

import msgspec

from grader.core.frozen import Frozen
from grader.core.intake_limits import Allowance
from grader.core.submission import Source

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
"""The final answer: everything was done."""


UNPACKED: Final = "unpacked"
"""Where an archive's content goes in the folder of a task."""


class ReaderSettings(msgspec.Struct, frozen=True, kw_only=True):
    """The settings of a new process, before its task is sent; sizes in bytes, times in CPU seconds."""

    memory: int
    """Address space in total."""
    file_size: int
    """Size of one file that it writes; 0 for none."""
    cpu_seconds: int
    """For the whole task."""
    item_seconds: float
    """For one item of the task, after which the process is ended."""
    kinds: tuple[str, ...] = ()
    """Extensions of the files to read; their libraries are loaded before the fork."""


class Read(Frozen, frozen=True, tag=True):
    """Read files; the answer is one `Looked` for each. Files are named by their paths from `root`."""

    root: str
    names: tuple[str, ...]
    room: int = ANSWER
    """Bytes of all answers; a file beyond this is reported as too large."""
    beside: tuple[str, ...] = ()
    """Further files of the submission, which reports may include."""
    asked: dict[str, str] = {}  # noqa: RUF012  msgspec copies it
    """The functions to look for: names as written by `call_binding.normalised`, with the sheet's names."""


class State(Frozen, frozen=True, tag=True):
    """Find stated values in texts; the answer is a list of `Stated` for each."""

    texts: tuple[str, ...]


class Unpack(Frozen, frozen=True, tag=True):
    """Unpack an archive into an existing, empty folder; the answer is one `Unpacked`."""

    archive: str
    name: str
    folder: str
    allowance: Allowance


Task = Read | State | Unpack


class Outline(Frozen, frozen=True):
    """What distinguishes the code of one file from that of others, without its tree."""

    defined: dict[str, str] = {}  # noqa: RUF012
    """The required functions, by the sheet's names, each with a digest of its body."""
    statements: frozenset[str] = frozenset()
    """Digests of the top-level statements, except definitions and imports."""
    modules: frozenset[str] = frozenset()
    """The modules it imports."""


class Looked(Frozen, frozen=True):
    """A file that was read."""

    source: Source
    outline: Outline


class Unpacked(Frozen, frozen=True):
    """The result of unpacking: sentences about what was left out, or the reason why the archive cannot be
    used at all."""

    notes: tuple[str, ...] = ()
    refused: str = ""
    full: str = ""
    """Set if there was not enough room for it."""
    times: dict[str, float] = {}  # noqa: RUF012
    """Modification times, in seconds since 1970, by path: a locked process cannot set them."""


def encoded(value: object) -> bytes:
    """A task or an answer as MessagePack."""
    return msgspec.msgpack.encode(value, enc_hook=str)


def decoded(data: bytes, kind: type[_T]) -> _T:
    """Decode an answer. Raises msgspec.MsgspecError if it is invalid."""
    try:
        return msgspec.msgpack.decode(data, type=kind, dec_hook=_as_path)
    except (RecursionError, UnicodeDecodeError, ValueError) as error:
        if isinstance(error, msgspec.MsgspecError):
            raise
        raise msgspec.DecodeError(str(error)) from error


def task_from(data: bytes) -> Task:
    """Decode a task."""
    task: Task = msgspec.msgpack.decode(data, type=Task)
    return task


def framed(body: bytes) -> bytes:
    """A message preceded by its length."""
    return HEAD.pack(len(body)) + body


def _as_path(kind: type, value: Any) -> Any:
    return kind(value)
