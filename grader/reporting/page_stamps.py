"""A stamp in the last line of a student's page: a page with the same stamp is not made again.

A stamp is a digest of the report, the lab's title, the templates and the grader's code.
"""

import hashlib
from pathlib import Path
from typing import Final

import msgspec

from grader.core.assets import templates_folder
from grader.core.code_version import code_of_the_grader
from grader.core.model import Report

__all__ = ["Stamps", "bears", "stamped"]

_LONGEST: Final = 200
"""Bytes at the end of a page that are searched for its stamp."""


class Stamps:
    """The stamps of one run's pages."""

    def __init__(self, lab_title: str) -> None:
        digest = hashlib.sha256(lab_title.encode())
        for file in (*code_of_the_grader(), *sorted(templates_folder().iterdir())):
            if file.is_file():
                digest.update(f"{file.name} {file.stat().st_size} ".encode() + file.read_bytes())
        self._common = digest

    def of(self, report: Report) -> str:
        """The stamp of the pages of this report."""
        digest = self._common.copy()
        digest.update(msgspec.json.encode(report))
        return digest.hexdigest()


def stamped(html: str, stamp: str) -> str:
    """The page with its stamp, which is invisible."""
    return f"{html}{_line(stamp)}"


def bears(page: Path, stamp: str) -> bool:
    """Whether the page exists and has the same stamp."""
    try:
        with page.open("rb") as file:
            file.seek(max(0, page.stat().st_size - _LONGEST))
            return file.read().endswith(_line(stamp).encode())
    except OSError:
        return False


def _line(stamp: str) -> str:
    return f"<!-- made of {stamp} -->\n"
