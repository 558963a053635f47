"""Read one file according to its type; nothing here executes anything. Only confined processes do this: files
are hostile."""

from collections.abc import Set
from pathlib import Path

import msgspec

from grader.core.errors import SourceError
from grader.core.model import Source
from grader.sources import latex, markdown, notebook, pdf, python, webpage
from grader.sources.file_types import kind_of, mistaken

__all__ = ["read_file", "unread"]


def read_file(path: Path, name: str, root: Path, allowed: Set[str]) -> Source:
    """Read one file; content that only a person, or nobody, can read is reported in `unread` or `problem`.

    `allowed` are the paths from `root` of all files that may be read on its behalf.
    """
    kind = kind_of(path)
    if kind == ".py":
        return python.read(path, name)
    try:
        if kind != ".html" and (what := mistaken(path)):
            raise SourceError(f"{name} is {what} despite its name: a person has to look.")
        source = _read(kind, path, name, root, allowed)
    except SourceError as error:
        return unread(path, name, str(error))
    except (MemoryError, RecursionError):
        return unread(path, name, f"{name} unpacks to more than can be read: a person has to look.")
    if kind not in (path.suffix.lower(), ".md", ".html"):
        what = {".pdf": "a PDF file", ".ipynb": "a notebook"}[kind]
        note = f"{name} is {what} despite its name and was read as one."
        return msgspec.structs.replace(source, notes=(note, *source.notes))
    return source


def _read(kind: str, path: Path, name: str, root: Path, allowed: Set[str]) -> Source:
    if kind == ".pdf":
        return pdf.read(path, name)
    if kind == ".ipynb":
        return notebook.read(path, name)
    if kind == ".tex":
        return latex.read(path, name, root, allowed)
    if kind == ".html":
        return webpage.read(path, name)
    return markdown.read(path, name)


def unread(path: Path, name: str, sentence: str) -> Source:
    """A file that was not read, and why."""
    return Source(path, name, "", (), unread=(sentence,))
