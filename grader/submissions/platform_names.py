"""Parse the names that learning platforms give to downloads.

Moodle: `Full Name_1234567_assignsubmission_file_` as a folder, or before each file's own name in a flat
download (`download_submissions` in `mod/assign/locallib.php`). Canvas: `lastfirst_LATE_101_5001_lab1-1.py`,
always flat; `-1` counts resubmissions. Any other name is used as it is.
"""

import re
from collections.abc import Iterable
from typing import Final

from grader.core.model import Frozen, Identity

__all__ = ["Handed", "read_name", "superseded"]

MOODLE: Final = re.compile(
    r"(?P<prefix>(?P<name>[^_]+)_(?P<number>\d+)_assignsubmission_[a-z]+)(?P<rest>_.*)?", re.DOTALL
)
CANVAS: Final = re.compile(
    r"(?P<prefix>(?P<name>[^_]+)_(?P<late>LATE_)?(?P<user>\d+|(?<=anon_)\w{5}|(?<=anon_LATE_)\w{5})_)"
    r"(?:(?P<number>\d+)_(?P<own>.+)|(?P<text>(?:text|link|url)\.html))",
    re.DOTALL,
)
COPY: Final = re.compile(
    r"(?P<base>.+?)(?:-| ?\()(?P<number>\d{1,3})\)?(?P<ending>(?:\.tar)?\.\w+)", re.DOTALL
)


class Handed(Frozen, frozen=True):
    """A parsed name from a download. `own` is the student's name for the file; empty for a folder.

    `number` counts the files submitted on the platform: a later file has a higher one.
    """

    identity: Identity
    own: str
    late: bool = False
    number: int = 0

    @property
    def student(self) -> str:
        """The student's name if there is no roster."""
        if self.identity.name in ("Participant", "anon"):
            return f"{self.identity.name} {self.identity.moodle or self.identity.canvas}"
        return self.identity.name


def read_name(name: str, *, folder: bool) -> Handed | None:
    """Parse the name of a folder or file; None if no platform made it."""
    handed = _read_name(name, folder)
    return handed if handed is None or handed.own not in (".", "..") else None


def _read_name(name: str, folder: bool) -> Handed | None:
    if (moodle := MOODLE.fullmatch(name)) is not None:
        rest = moodle["rest"] or ""
        if folder and rest in ("", "_"):
            return Handed(Identity(name=moodle["name"], moodle=moodle["number"], folder=name), "")
        if not folder and len(rest) > 1:
            identity = Identity(
                name=moodle["name"], moodle=moodle["number"], folder=f"{moodle['prefix']}_", flat=True
            )
            return Handed(identity, rest[1:])
    if not folder and (canvas := CANVAS.fullmatch(name)) is not None:
        identity = Identity(name=canvas["name"], canvas=canvas["user"], folder=canvas["prefix"], flat=True)
        own, number = canvas["own"] or canvas["text"], int(canvas["number"] or 0)
        return Handed(identity, own, canvas["late"] is not None, number)
    return None


def superseded(names: Iterable[str]) -> dict[str, str]:
    """The files that a later version replaces: old name → newest name.

    `lab-2.py` or `lab (2).py` replaces `lab.py` only if `lab.py` is present too: without it, 2 may be the
    student's own number of an exercise.
    """
    known = set(names)
    versions: dict[str, list[tuple[int, str]]] = {}
    for name in sorted(known):
        copy = COPY.fullmatch(name)
        if copy is not None and (original := copy["base"] + copy["ending"]) in known:
            versions.setdefault(original, [(0, original)]).append((int(copy["number"]), name))
    return {old: max(found)[1] for found in versions.values() for _, old in found if old != max(found)[1]}
