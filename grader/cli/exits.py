"""Exit statuses, and errors as one sentence on stderr."""

from typing import Final

import click

__all__ = ["FAILED", "INTERRUPTED", "OURS", "USAGE", "complain"]

FAILED: Final = 1
"""Something could not be graded, or a student is below the threshold."""

USAGE: Final = 2
OURS: Final = 3
INTERRUPTED: Final = 130


def complain(sentence: str) -> None:
    """Print what went wrong on stderr, with invisible characters made visible."""
    from grader.core.escaping import visible

    click.echo(f"grade: {visible(sentence)}", err=True)
