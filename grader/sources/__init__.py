"""Confined processes read submitted files into sources; nothing here parses or executes anything.

Each module reads one type of file. A process that runs out of memory or time costs only its current file, and
all files of one student together cost no more than CPU_SECONDS.
"""

import math
import os
from collections.abc import Iterable, Mapping, Sequence
from itertools import islice
from pathlib import Path
from typing import Final

import msgspec

from grader.core.limits import Isolation
from grader.core.parsing import too_long
from grader.core.submission import Source
from grader.sandbox.reader_client import MEMORY, Answers, Readers, shared
from grader.sandbox.reader_messages import ANSWER, Looked, Outline, Read, ReaderSettings, decoded
from grader.sources.file_types import READABLE, kind_of, looks_like_a_document

__all__ = [
    "CPU_SECONDS",
    "FILE_SECONDS",
    "MAX_DOCUMENTS",
    "MAX_SCRIPTS",
    "is_readable",
    "look_at",
    "looks_like_a_document",
    "read",
]

MAX_DOCUMENTS: Final = 20
"""Documents of one student; further ones are listed for the person marking."""

MAX_SCRIPTS: Final = 40
"""Scripts of one student."""

CPU_SECONDS: Final = 30.0
"""CPU seconds for all files of one student."""

FILE_SECONDS: Final = 15.0
"""CPU seconds for one of them: a report takes one; this allows for a busy notebook on a slow machine."""

_SIGPROF: Final = 27
"""The signal that ends a process that exceeds FILE_SECONDS; its number is the same on Linux and macOS."""

_REFUSALS: Final = 1 << 17
"""Bytes of an answer reserved for sentences about limits."""

_INCLUDED: Final = 1_000
"""Files beside a single one that a report may include."""


def is_readable(path: Path) -> bool:
    """Whether there is a reader for this type of file."""
    return path.suffix.lower() in READABLE


def read(path: Path, name: str, isolation: Isolation = "auto") -> Source:
    """Read one file; feedback refers to it as `name`.

    A file that cannot be used is returned with its `problem`, or with `unread` content, in a sentence.
    """
    root = path.parent
    for _ in Path(name).parts[1:]:
        root = root.parent
    beside = [file for file in islice(root.rglob("*"), _INCLUDED) if file.is_file()]
    (looked,) = look_at(root, [path], shared(isolation), beside=beside)
    return msgspec.structs.replace(looked.source, name=name) if looked.source.name != name else looked.source


def look_at(
    root: Path,
    files: Sequence[Path],
    readers: Readers,
    asked: Mapping[str, str] | None = None,
    beside: Sequence[Path] = (),
) -> tuple[Looked, ...]:
    """Read files under `root` with an outline of the code of each; they are named by their paths from there.

    `asked` contains names of functions as written by `call_binding.normalised`, with the sheet's names; `beside`
    are all files of the submission, which reports may include.
    """
    names = [_name(file, root) for file in files]
    kinds = {name: kind_of(file) for name, file in zip(names, files, strict=True)}
    scripts = _shallow_first(name for name in names if kinds[name] == ".py")
    documents = [name for name in names if kinds[name] != ".py"]
    found = {
        **_too_many(root, scripts[MAX_SCRIPTS:], f"{MAX_SCRIPTS} scripts"),
        **_too_many(root, documents[MAX_DOCUMENTS:], f"{MAX_DOCUMENTS} documents"),
    }
    wanted = [*scripts[:MAX_SCRIPTS], *documents[:MAX_DOCUMENTS]]
    task = Read(
        root=os.fspath(root),
        names=tuple(wanted),
        beside=tuple(_name(file, root) for file in beside),
        asked=dict(asked or {}),
    )
    found |= _Reading(readers, task, tuple(sorted({kinds[name] for name in wanted}))).all()
    return tuple(found[name] for name in names)


def _name(file: Path, root: Path) -> str:
    return file.relative_to(root).as_posix()


def _shallow_first(names: Iterable[str]) -> list[str]:
    """A student's own scripts come before those of an environment that was submitted with them."""
    return sorted(names, key=lambda name: name.count("/"))


def _too_many(root: Path, names: Sequence[str], most: str) -> dict[str, Looked]:
    if not names:
        return {}
    shown = ", ".join(names[:5]) + (f" and {len(names) - 5} more" if len(names) > 5 else "")
    were = "was" if len(names) == 1 else "were"
    sentence = f"{shown} {were} not read: at most {most} of a student are read."
    return {name: _unread(root, name, sentence) for name in names}


def _unread(root: Path, name: str, sentence: str) -> Looked:
    return Looked(Source(root / name, name, "", (), unread=(sentence,)), Outline())


class _Reading:
    """Read the files of one student, in one process after another, until all are read or the limit is
    reached."""

    def __init__(self, readers: Readers, task: Read, kinds: tuple[str, ...]) -> None:
        self._readers = readers
        self._task = task
        self._kinds = kinds
        self._root = Path(task.root)
        self._seconds = CPU_SECONDS
        self._room = ANSWER - _REFUSALS

    def all(self) -> dict[str, Looked]:
        """Each file by its name."""
        found: dict[str, Looked] = {}
        waiting = list(self._task.names)
        while waiting and self._seconds >= 1:
            answers = self._ask(waiting)
            looked = _looked(answers)
            found.update(zip(waiting, looked, strict=False))
            waiting = waiting[len(looked) :]
            # The end of a process may be due to files that it read before: this file is tried alone.
            if waiting and not (looked and answers.signal != _SIGPROF):
                name = waiting.pop(0)
                sentence = (
                    f"{name} takes more time or memory to read than a report should: a person has to look."
                )
                found[name] = _unread(self._root, name, sentence)
        sentence = f"was not read: all files of a student together may take {CPU_SECONDS:g} seconds to read."
        return found | {name: _unread(self._root, name, f"{name} {sentence}") for name in waiting}

    def _ask(self, names: Sequence[str]) -> Answers:
        task = msgspec.structs.replace(self._task, names=tuple(names), room=self._room)
        settings = ReaderSettings(
            memory=MEMORY,
            file_size=0,
            cpu_seconds=math.ceil(self._seconds),
            item_seconds=FILE_SECONDS,
            kinds=self._kinds,
        )
        answers = self._readers.ask(task, settings)
        self._seconds -= answers.cpu
        self._room -= sum(map(len, answers.bodies))
        return answers


def _looked(answers: Answers) -> list[Looked]:
    """The files that were read before the process ended or gave an invalid answer."""
    found: list[Looked] = []
    for body in answers.bodies:
        try:
            looked = decoded(body, Looked)
        except msgspec.MsgspecError:
            break
        if too_long(looked.source.code):
            break
        found.append(looked)
    return found
