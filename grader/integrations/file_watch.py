"""Notice when a student saves: the file they work on, or anything in their folder."""

from collections.abc import Iterator
from pathlib import Path

from watchfiles import DefaultFilter, watch

__all__ = ["saves"]

_LOOK_EVERY = 100
"""Milliseconds. The first check comes after this time, when watching has certainly begun."""


def saves(path: Path) -> Iterator[None]:
    """Yield once at the beginning, and then every time the file or folder was saved and exists.

    For a file, the parent is watched, because most editors replace a file instead of writing to it.
    """
    path = path.resolve()
    folder = path if path.is_dir() else path.parent
    usual = DefaultFilter()
    begun = False
    for changes in watch(
        folder,
        watch_filter=lambda change, name: usual(change, name) and (folder == path or Path(name) == path),
        rust_timeout=_LOOK_EVERY,
        yield_on_timeout=True,
        recursive=folder == path,
    ):
        if (changes or not begun) and path.exists():
            begun = True
            yield
