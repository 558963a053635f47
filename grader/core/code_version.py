"""Which code of the grader this is: what is kept from an earlier run counts only under the same code."""

from pathlib import Path

from grader.core.assets import package_folder

__all__ = ["code_of_the_grader"]


def code_of_the_grader() -> list[Path]:
    """Every file of code of the grader itself."""
    return sorted(package_folder().rglob("*.py"))
