"""All students' pages in one archive."""

import zipfile
from collections.abc import Iterable
from pathlib import Path
from typing import Final

from grader.export.atomic import replacing

__all__ = ["write_bundle"]

EPOCH: Final = (1980, 1, 1, 0, 0, 0)
"""The time stamp of every entry, so that the same pages give the same archive."""


def write_bundle(archive: Path, folder: Path, names: Iterable[str]) -> None:
    """Put every file in the subfolders `names` of `folder` into a zip archive, under `names/file`.

    Files are read one after the other. A folder that is not there is left out.
    """
    with replacing(archive) as temporary, zipfile.ZipFile(temporary, "x", zipfile.ZIP_DEFLATED) as bundle:
        for name in names:
            for file in sorted(path for path in (folder / name).glob("report.*") if path.is_file()):
                entry = zipfile.ZipInfo(f"{name}/{file.name}", EPOCH)
                entry.compress_type = zipfile.ZIP_DEFLATED
                entry.external_attr = 0o644 << 16
                bundle.writestr(entry, file.read_bytes())
