"""Files that are either the old version or the whole new one, never half of either."""

import secrets
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from grader.core.errors import PathError

__all__ = ["place", "replacing", "write_bytes", "write_pieces", "write_text", "write_texts"]


def place(path: Path, data: bytes) -> None:
    """Write a file that a user asked for. Raises PathError in one sentence where that cannot be done."""
    try:
        write_bytes(path, data)
    except OSError as error:
        raise PathError(f"{path} cannot be written ({error.strerror}): choose another place.") from error


@contextmanager
def replacing(path: Path) -> Iterator[Path]:
    """Give the path of a new file in the same folder, which takes the file's place where all went well.

    Folders that do not exist are made. Where the body raises, the temporary file is removed and the old
    file is left as it was.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    # Not `tempfile`: its files can be read by their owner only, and replacing would keep that.
    temporary = path.with_name(f".{secrets.token_hex(8)}.tmp")
    try:
        yield temporary
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)


def write_text(path: Path, text: str) -> None:
    """Write a text file so that no reader ever sees half of it.

    UTF-8 with LF line ends; a lone surrogate, which UTF-8 cannot hold, is written as its escape (`\\ud800`).
    Raises OSError as `write_bytes`.
    """
    write_texts(path, (text,))


def write_texts(path: Path, pieces: Iterable[str]) -> None:
    """The same for a text that is not held in memory as a whole."""
    write_pieces(path, (piece.encode("utf-8", "backslashreplace") for piece in pieces))


def write_bytes(path: Path, data: bytes) -> None:
    """Write a file so that no reader ever sees half of it.

    The data goes to a temporary file in the same folder, which then takes the file's place. Folders that do
    not exist are made. Raises OSError, and then leaves neither a temporary file behind nor the old file
    changed.
    """
    write_pieces(path, (data,))


def write_pieces(path: Path, pieces: Iterable[bytes]) -> None:
    """The same for a file that is not held in memory as a whole."""
    with replacing(path) as temporary, temporary.open("xb") as file:
        file.writelines(pieces)
