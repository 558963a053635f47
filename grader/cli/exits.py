"""Exit statuses, and how errors are told: one sentence on stderr."""

from typing import Final

import click

__all__ = ["FAILED", "INTERRUPTED", "OURS", "USAGE", "complain"]

FAILED: Final = 1
"""Something could not be graded, or a threshold was missed."""

USAGE: Final = 2
OURS: Final = 3
INTERRUPTED: Final = 130


def complain(sentence: str) -> None:
    """Say on stderr what went wrong, showing what cannot be seen in it."""
    from grader.core.escaping import visible

    click.echo(f"grade: {visible(sentence)}", err=True)
