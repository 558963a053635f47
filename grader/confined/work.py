"""The work of a confined process: it reads files, finds stated values in texts, or unpacks an archive. It
executes nothing."""

import signal
from collections.abc import Iterator, Sequence
from importlib import import_module
from pathlib import Path
from typing import Final

from grader.core.errors import NoRoomError, SourceError
from grader.sandbox.reader_messages import UNPACKED, Looked, Read, State, Task, Unpack, Unpacked, encoded
from grader.sources import latex, markdown, notebook, pdf, webpage  # noqa: F401  loaded once, shared by every reader
from grader.sources.outline import outlined
from grader.sources.reading import read_file, unread
from grader.sources.stated_text import MAX_NUMBERS, MAX_STATED_VALUES, stated_in
from grader.submissions import archives

__all__ = ["ALL_NUMBERS", "ALL_STATED_VALUES", "done", "prepare"]

ALL_STATED_VALUES: Final = 5 * MAX_STATED_VALUES
"""Stated values from all texts of one task."""

ALL_NUMBERS: Final = 5 * MAX_NUMBERS

_TEXT: Final = ("pylatexenc.latexwalker", "pylatexenc.latex2text", "markdown_it", "doctest")
_LIBRARIES: Final = {
    ".pdf": ("pdfminer.converter", "pdfminer.pdfdocument", "pdfminer.pdfinterp", "pdfminer.image"),
    ".ipynb": ("IPython.core.inputtransformer2", *_TEXT),
    ".md": _TEXT,
    ".tex": _TEXT,
    ".html": ("markdownify", *_TEXT),
}
"""The slowest libraries to load, by the extensions of files that need them; others are loaded on demand."""


def prepare(kinds: Sequence[str]) -> None:
    """Load libraries for files with these extensions."""
    for kind in kinds:
        for name in _LIBRARIES.get(kind, ()):
            import_module(name)


def done(task: Task, seconds: float) -> Iterator[bytes]:
    """Do a task; if one of its items takes more than this many CPU seconds, the process is ended."""
    answers = _answers(task)
    while True:
        if hasattr(signal, "setitimer"):
            signal.setitimer(signal.ITIMER_PROF, seconds)
        try:
            yield next(answers)
        except StopIteration:
            return


def _answers(task: Task) -> Iterator[bytes]:
    if isinstance(task, Read):
        return _read(task)
    if isinstance(task, State):
        return _stated(task)
    return iter([encoded(_unpacked(task))])


def _read(task: Read) -> Iterator[bytes]:
    root = Path(task.root)
    allowed = frozenset((*task.names, *task.beside))
    room = task.room
    for name in task.names:
        source = read_file(root / name, name, root, allowed)
        try:
            body = encoded(Looked(*outlined(source, task.asked)))
        except UnicodeEncodeError:
            body = _refused(root / name, name, "contains invalid characters")
        if len(body) > room:
            body = _refused(root / name, name, "contains more text than a person would read")
        room -= len(body)
        yield body


def _refused(path: Path, name: str, why: str) -> bytes:
    return encoded(Looked(*outlined(unread(path, name, f"{name} {why}: a person has to look."), {})))


def _stated(task: State) -> Iterator[bytes]:
    stated_values, numbers = ALL_STATED_VALUES, ALL_NUMBERS
    for text in task.texts:
        found = []
        for stated in stated_in(text) if stated_values > 0 and numbers > 0 else ():
            stated_values -= 1
            numbers -= len(stated.values)
            if stated_values < 0 or numbers < 0:
                break
            found.append(stated)
        yield encoded(found)


def _unpacked(task: Unpack) -> Unpacked:
    times: dict[str, float] = {}
    target = Path(task.folder) / UNPACKED
    try:
        notes = archives.unpack(Path(task.archive), task.name, target, task.allowance, times)
    except NoRoomError as error:
        return Unpacked(full=str(error))
    except SourceError as error:
        return Unpacked(refused=str(error))
    return Unpacked(notes, times=times)
