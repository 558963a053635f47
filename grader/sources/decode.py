"""The bytes of a text file as text, whatever a student's editor produced, or a sentence why not."""

import codecs
from pathlib import Path
from typing import Final

from grader.core.errors import SourceError

__all__ = ["bytes_of", "is_utf16", "text_of"]

_MARKS: Final = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)


def bytes_of(path: Path, name: str, most: int, what: str) -> bytes:
    """The file's bytes. Raises SourceError, in a sentence, if it is missing, empty or larger than `most`."""
    try:
        with path.open("rb") as file:
            data = file.read(most + 1)
    except OSError as error:
        raise SourceError(f"{name} cannot be read ({error.strerror}): hand it in again.") from error
    if len(data) > most:
        raise SourceError(f"{name} is larger than {most // 2**20} MB: hand in {what} only.")
    if not data.strip():
        raise SourceError(f"{name} is empty: hand in {what} again.")
    return data


def is_utf16(data: bytes) -> str:
    """The encoding's name if every second byte at the beginning is zero, as in UTF-16 without a byte order
    mark."""
    head = data[:400]
    if len(head) >= 8 and not any(head[1::2]):
        return "utf-16-le"
    if len(head) >= 8 and not any(head[0::2]):
        return "utf-16-be"
    return ""


def text_of(data: bytes, name: str) -> str:
    """A document as text with plain line endings: by its byte order mark, else UTF-8, else Windows-1252.

    Raises SourceError if it is not text. A wrong letter does no harm in a report, so the last guess is better
    than none.
    """
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            text = data.decode(encoding, "replace")
            break
    else:
        if guessed := is_utf16(data):
            text = data.decode(guessed, "replace")
        elif b"\0" in data:
            raise SourceError(f"{name} is not a text file: its extension does not match its content.")
        else:
            try:
                text = data.decode("utf-8")
            except UnicodeDecodeError:
                text = data.decode("cp1252", "replace")
    return text.replace("\r\n", "\n").replace("\r", "\n")
