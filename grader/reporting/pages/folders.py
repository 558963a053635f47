"""The folder of a student's pages: safe on every file system, and never another student's."""

import hashlib
import re
import unicodedata
from typing import Final

__all__ = ["page_folder"]

# Windows reserves these names for devices, whatever follows the first dot and in any case.
RESERVED: Final = re.compile(r"(con|prn|aux|nul|conin\$|conout\$|(com|lpt)[0-9¹²³]) *(\.|$)", re.IGNORECASE)
FOLDER_PUNCTUATION: Final = frozenset(" -_.,()'@+")
FOLDER_BYTES: Final = 100
"""Longest name that is kept: file systems allow 255 bytes, encrypted ones 143, and Windows paths 260."""


def page_folder(student: str) -> str:
    """Name the folder of a student's pages, safe on every file system.

    A harmless name is kept as it is. Any other keeps its letters and digits of every script, is cut to 100
    bytes of UTF-8, and gets `~` and 64 bits of SHA-256 of the name as found. A name that itself contains `~`
    is never kept, so no student can choose a name that leads to another's folder. Names that differ only in
    case also differ only in case here.
    """
    name = unicodedata.normalize("NFC", student)
    name = "".join(c if unicodedata.category(c)[0] in "LMN" or c in FOLDER_PUNCTUATION else "-" for c in name)
    name = name.encode()[:FOLDER_BYTES].decode(errors="ignore").lstrip(" .-").rstrip(" .")
    if RESERVED.match(name):
        name = f"student-{name}"
    if name == student and name:
        return name
    digest = hashlib.sha256(student.encode(errors="surrogatepass")).hexdigest()[:16]
    return f"{name or 'student'}~{digest}"
