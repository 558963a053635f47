"""Replace names with stable codes in everything written or shown, for blind second marking.

A student's code is the same on every run and machine: it is derived only from the lab and the name. It hides
a name from readers, not from somebody who has the class list and tries each name.
"""

import base64
import builtins
import enum
import hashlib
import keyword
import re
from collections.abc import Callable, Iterable, Sequence
from pathlib import PurePath
from typing import Any, Final

import msgspec

from grader.core.model import Identity, Report, Submission
from grader.lab.spec import Exercise, Lab

__all__ = ["Anonymiser", "code_of"]

CODE_LETTERS: Final = 10
"""Characters of 5 bits each: two of a thousand students share a code once in 2·10⁹ classes."""

SHORTEST_WORD: Final = 4
"""Shorter parts of a name, such as `Bo`, are replaced only within the whole name: they are ordinary words
too."""

ORDINARY: Final = frozenset(
    {
        "assignsubmission",
        "anon",
        "assignment",
        "file",
        "group",
        "late",
        "onlinetext",
        "participant",
        "student",
        "submission",
    }
) | {word.lower() for word in (*keyword.kwlist, *dir(builtins))}
"""Words of downloads and of Python, which are never replaced even if they are part of a name."""

LETTERS: Final = r"[^\W\d_]"


def code_of(student: str, lab_id: str) -> str:
    """The code for a student in a lab: `student-` and ten letters or digits."""
    digest = hashlib.sha256(f"{lab_id}\0{student}".encode(errors="surrogatepass")).digest()
    return f"student-{base64.b32encode(digest).decode()[:CODE_LETTERS].lower()}"


class Anonymiser:
    """Removes names from reports, and from what is shown during grading."""

    def __init__(self, lab: Lab, exercises: Sequence[Exercise], submissions: Iterable[Submission]) -> None:
        self._lab_id = lab.id
        self._ordinary = ORDINARY | _words_of(lab, exercises)
        self._originals = {code_of(given.student, lab.id): given for given in submissions}

    @property
    def names(self) -> tuple[tuple[str, str], ...]:
        """Every code with its name, ordered by code."""
        return tuple(sorted((code, given.student) for code, given in self._originals.items()))

    def submission(self, given: Submission) -> Submission:
        """The same work under its code."""
        return msgspec.structs.replace(
            given, student=code_of(given.student, self._lab_id), identity=Identity()
        )

    def named(self, report: Report) -> Report:
        """A report under its code, back under the name: for steps that use names, such as manual marks."""
        given = self._originals[report.student]
        return msgspec.structs.replace(report, student=given.student, identity=given.identity)

    def report(self, report: Report) -> Report:
        """The report under its code, without the name in any of its texts.

        Files are renamed to `file-1.py`, `file-2.py` and so on.
        """
        code = code_of(report.student, self._lab_id)
        if report.student in self._originals:
            code = report.student
        change = _replacement(self._originals[code], code, self._ordinary)
        return _walked(msgspec.structs.replace(report, student=code, identity=Identity()), change)  # type: ignore[no-any-return]


def _words_of(lab: Lab, exercises: Sequence[Exercise]) -> frozenset[str]:
    """The words of the lab itself, which may contain a name as well."""
    texts = [lab.title]
    for exercise in exercises:
        texts += [exercise.title, exercise.asked]
        texts += [text for check in exercise.checks for text in (check.title, check.tolerance)]
    return frozenset(word.lower() for text in texts for word in re.findall(f"{LETTERS}+", text))


def _replacement(given: Submission, code: str, ordinary: frozenset[str]) -> Callable[[str], str]:
    """A function that removes a student's name and file names from a text."""
    files: dict[str, str] = {}
    for number, file in enumerate(given.files, 1):
        plain = f"file-{number}{PurePath(file.name).suffix.lower()}"
        files[file.relative_to(given.root).as_posix() if file.is_relative_to(given.root) else file.name] = (
            plain
        )
        files.setdefault(file.name, plain)
    found_as = PurePath(given.student).stem if given.student in files else given.student
    names = [re.sub(r"_\d+_assignsubmission.*", "", found_as), given.identity.name]
    written = [words for name in names if (words := re.findall(f"{LETTERS}+", name))]
    alone = {
        word
        for words in written
        for word in words
        if len(word) >= SHORTEST_WORD and word.lower() not in ordinary
    }
    patterns = [re.escape(file) for file in sorted(files, key=len, reverse=True)]
    patterns += [re.escape(given.student)] if given.student not in files else []
    patterns += [
        _whole(r"[\W_]*".join(map(re.escape, order)))
        for words in written
        if len(words) > 1
        for order in (words, words[::-1])
    ]
    patterns += [_whole(re.escape(word)) for word in sorted(alone, key=len, reverse=True)]
    # Identifiers in other systems; single letters and digits identify nobody.
    identity = msgspec.structs.replace(given.identity, group="")
    known = {value for value in msgspec.structs.asdict(identity).values() if isinstance(value, str)}
    patterns += [_whole(re.escape(value)) for value in sorted(known, key=len, reverse=True) if len(value) > 2]
    if not patterns:
        return lambda text: text
    found = re.compile("|".join(patterns), re.IGNORECASE)
    return lambda text: found.sub(lambda match: files.get(match[0], code), text)


def _whole(pattern: str) -> str:
    return f"(?<!{LETTERS}){pattern}(?!{LETTERS})"


def _walked(value: Any, change: Callable[[str], str]) -> Any:
    """A copy of the value with every text in it changed, except ids and our own words such as verdicts."""
    if isinstance(value, enum.Enum):
        return value
    if isinstance(value, str):
        return change(value)
    if isinstance(value, tuple):
        return tuple(_walked(item, change) for item in value)
    if isinstance(value, msgspec.Struct):
        fields = {
            name: getattr(value, name) for name in value.__struct_fields__ if name not in ("id", "student")
        }
        return msgspec.structs.replace(
            value, **{name: _walked(field, change) for name, field in fields.items()}
        )
    return value
