"""Treat packages that a locked process may not read as not installed.

Packages try to import optional dependencies and expect an ImportError if one is missing. A dependency that is
present but may not be opened would stop them with a PermissionError.
"""

import sys
from collections.abc import Sequence
from importlib.machinery import ModuleSpec, PathFinder
from pathlib import Path
from types import ModuleType

__all__ = ["hide_what_cannot_be_read"]


class _ReadableFinder(PathFinder):
    """Python's own finder of modules in files, without those that cannot be opened."""

    @classmethod
    def find_spec(
        cls, fullname: str, path: Sequence[str] | None = None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        """The module's spec; None also if its file may not be read."""
        spec = super().find_spec(fullname, path, target)
        if spec is not None and spec.has_location and spec.origin:
            try:
                Path(spec.origin).open("rb").close()
            except PermissionError:
                return None
        return spec


def hide_what_cannot_be_read() -> None:
    """Make imports in this process skip files that it may not open."""
    sys.meta_path[:] = [_ReadableFinder if finder is PathFinder else finder for finder in sys.meta_path]
