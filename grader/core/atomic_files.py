"""Atomic file writes: readers see either the old version or the complete new one."""

import secrets
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from grader.core.errors import PathError

__all__ = ["place", "replacing", "write_bytes", "write_pieces", "write_text", "write_texts"]


def place(path: Path, data: bytes) -> None:
    """Write a file that a user asked for. Raises PathError, in one sentence, if it cannot be written."""
    try:
        write_bytes(path, data)
    except OSError as error:
        raise PathError(f"{path} cannot be written ({error.strerror}): choose another place.") from error


@contextmanager
def replacing(path: Path) -> Iterator[Path]:
    """Yield the path of a new file in the same folder, which replaces the file if the body succeeds.

    Creates missing folders. If the body raises, the temporary file is removed and the old file stays
    unchanged.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    # Not `tempfile`: only the owner can read its files, and replacing would keep those permissions.
    temporary = path.with_name(f".{secrets.token_hex(8)}.tmp")
    try:
        yield temporary
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)


def write_text(path: Path, text: str) -> None:
    """Write a text file atomically.

    The encoding is UTF-8 with LF line endings; a lone surrogate, which UTF-8 cannot represent, is written as
    its escape (`\\ud800`). Raises OSError like `write_bytes`.
    """
    write_texts(path, (text,))


def write_texts(path: Path, pieces: Iterable[str]) -> None:
    """Write a text file atomically, from parts, without holding the whole text in memory."""
    write_pieces(path, (piece.encode("utf-8", "backslashreplace") for piece in pieces))


def write_bytes(path: Path, data: bytes) -> None:
    """Write a file atomically.

    The data goes to a temporary file in the same folder, which then replaces the file. Creates missing
    folders. If it raises OSError, no temporary file is left and the old file is unchanged.
    """
    write_pieces(path, (data,))


def write_pieces(path: Path, pieces: Iterable[bytes]) -> None:
    """Write a file atomically, from parts, without holding the whole file in memory."""
    with replacing(path) as temporary, temporary.open("xb") as file:
        file.writelines(pieces)
