"""The location of the package and of its files that are not Python code."""

import importlib.resources
from pathlib import Path

__all__ = ["package_folder", "templates_folder"]


def package_folder() -> Path:
    """The folder of the package `grader`."""
    return Path(str(importlib.resources.files("grader")))


def templates_folder() -> Path:
    """The templates: inside the installed package, or beside it in a checkout."""
    package = package_folder()
    installed = package / "templates"
    return installed if installed.is_dir() else package.parent / "templates"
