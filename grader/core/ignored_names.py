"""Names of files and folders that are no student's work: hidden ones, and what programs leave behind."""

from typing import Final

__all__ = ["ignored", "made_by_a_program"]

LEAVINGS: Final = ("__pycache__", "__MACOSX", "node_modules", "venv", "env")

PROGRAMS_OWN: Final = frozenset(
    {
        ".AppleDouble", ".cache", ".ci", ".circleci", ".config", ".devcontainer", ".direnv", ".DS_Store", ".eggs",
        ".fseventsd", ".git", ".github", ".gitlab", ".hg", ".husky", ".hypothesis", ".idea", ".ipynb_checkpoints",
        ".ipython", ".jupyter", ".local", ".mypy_cache", ".nox", ".pytest_cache", ".ruff_cache", ".settings",
        ".Spotlight-V100", ".svn", ".TemporaryItems", ".tox", ".Trash", ".Trashes", ".venv", ".virtualenv", ".vs",
        ".vscode",
    }
)  # fmt: skip
"""Hidden folders that programs create; nobody's work."""

MADE_BY_PROGRAMS: Final = ("._", ".#", ".~", ".Trash-", ".nfs", ".fuse_hidden")
"""Prefixes of other hidden files and folders that programs create."""


def ignored(name: str) -> bool:
    """Whether a file or folder with this name is hidden or left behind by a program, and so no student's
    work."""
    return name.startswith((".", "~$")) or name in LEAVINGS


def made_by_a_program(name: str) -> bool:
    """Whether programs create hidden files or folders with this name."""
    return name in PROGRAMS_OWN or name.startswith(MADE_BY_PROGRAMS)
