"""The version of the grader's code: cached results count only if the code is the same."""

from pathlib import Path

from grader.core.assets import package_folder

__all__ = ["code_of_the_grader"]


def code_of_the_grader() -> list[Path]:
    """Every code file of the grader itself."""
    return sorted(package_folder().rglob("*.py"))
