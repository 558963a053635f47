"""Files that are either the old version or the whole new one, never half of either."""

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

__all__ = ["replacing", "write_text"]


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

    The text goes to a temporary file in the same folder, which then takes the file's place. Folders
    that do not exist are made. UTF-8 with LF line ends; a lone surrogate, which UTF-8 cannot hold, is
    written as its escape (`\\ud800`). Raises OSError, and then leaves neither a temporary file behind
    nor the old file changed.
    """
    with (
        replacing(path) as temporary,
        temporary.open("x", encoding="utf-8", errors="backslashreplace", newline="\n") as file,
    ):
        file.write(text)
