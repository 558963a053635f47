"""All students' pages in one archive."""

import zipfile
import zlib
from collections.abc import Iterable, Iterator
from itertools import zip_longest
from pathlib import Path
from typing import Final

from grader.core.atomic_files import replacing

__all__ = ["write_bundle"]

EPOCH: Final = (1980, 1, 1, 0, 0, 0)
"""The time stamp of every entry, so that the same pages give the same archive."""


def write_bundle(archive: Path, folder: Path, names: Iterable[str]) -> None:
    """Put every file in the subfolders `names` of `folder` into a zip archive, under `names/file`.

    Files are read one after the other. A missing folder is left out. An archive with the same content is left
    as it is.
    """
    names = tuple(names)
    if _holds(archive, _files(folder, names)):
        return
    with replacing(archive) as temporary, zipfile.ZipFile(temporary, "x", zipfile.ZIP_DEFLATED) as bundle:
        for name, file in _files(folder, names):
            entry = zipfile.ZipInfo(name, EPOCH)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.external_attr = 0o644 << 16
            bundle.writestr(entry, file.read_bytes())


def _files(folder: Path, names: Iterable[str]) -> Iterator[tuple[str, Path]]:
    """The content of the archive: names in it, and the files."""
    for name in names:
        for file in sorted(path for path in (folder / name).glob("report.*") if path.is_file()):
            yield f"{name}/{file.name}", file


def _holds(archive: Path, files: Iterable[tuple[str, Path]]) -> bool:
    """Whether the archive has exactly these files in this order, by their checksums: packing takes longer."""
    try:
        with zipfile.ZipFile(archive) as bundle:
            held = ((entry.filename, entry.CRC) for entry in bundle.infolist())
            wanted = ((name, zlib.crc32(file.read_bytes())) for name, file in files)
            return all(has == wants for has, wants in zip_longest(held, wanted))
    except (OSError, zipfile.BadZipFile):
        return False
