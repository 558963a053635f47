"""Where the files lie that are no Python code."""

import importlib.resources
from pathlib import Path

__all__ = ["templates_folder"]


def templates_folder() -> Path:
    """The templates: in the installed package, or beside it in a checkout."""
    package = Path(str(importlib.resources.files("grader")))
    installed = package / "templates"
    return installed if installed.is_dir() else package.parent / "templates"
