"""The type of a file: by its content first, because names are often wrong."""

from pathlib import Path
from typing import Final

__all__ = ["DOCUMENTS", "READABLE", "kind_of", "looks_like_a_document", "mistaken"]

READABLE: Final = (".py", ".ipynb", ".md", ".markdown", ".tex", ".pdf", ".html", ".htm")
"""File extensions that are read."""

DOCUMENTS: Final = (
    ".doc", ".docx", ".odt", ".rtf", ".pages", ".jpg", ".jpeg", ".png", ".heic", ".tif", ".tiff", ".gif", ".webp",
    ".xps", ".djvu", ".ps",
)  # fmt: skip
"""Extensions of files that may be a report that only a person can read."""

_SAME: Final = {".markdown": ".md", ".htm": ".html"}

_OTHERS: Final = (
    (b"PK\x03\x04", "a Zip archive or an Office document"),
    (b"\xd0\xcf\x11\xe0", "an old Office document"),
    (b"\x89PNG", "a picture"),
    (b"\xff\xd8\xff", "a picture"),
    (b"GIF8", "a picture"),
    (b"Rar!", "an archive"),
    (b"\x1f\x8b", "a compressed file"),
    (b"7z\xbc\xaf", "an archive"),
    (b"{\\rtf", "a Rich Text document"),
    (b"<!DOCTYPE html", "a web page"),
    (b"<!doctype html", "a web page"),
    (b"<html", "a web page"),
)


def kind_of(path: Path) -> str:
    """The extension that matches the file's content: reveals a PDF or a notebook under another name."""
    suffix = _SAME.get(path.suffix.lower(), path.suffix.lower())
    head = _head(path)
    if b"%PDF-" in head[:1024]:
        return ".pdf"
    if head.lstrip(b"\xef\xbb\xbf \r\n\t").startswith(b"{") and (b'"cells"' in head or b'"nbformat"' in head):
        return ".ipynb"
    return suffix


def mistaken(path: Path) -> str:
    """The file's real type if its name claims a readable one, in a few words; empty if nothing contradicts
    the name."""
    head = _head(path).lstrip(b"\xef\xbb\xbf \r\n\t")
    return next((what for magic, what in _OTHERS if head.startswith(magic)), "")


def _head(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            return file.read(4096)
    except OSError:
        return b""


def looks_like_a_document(path: Path) -> bool:
    """Whether it may contain an answer that only a person can read."""
    return path.suffix.lower() in DOCUMENTS
