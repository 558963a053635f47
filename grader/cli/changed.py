"""`--changed-since`: grade only what changed since a commit."""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from grader.core.model import Submission

__all__ = ["changed_option", "only_changed"]


def changed_option(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add `--changed-since`."""
    return click.option(
        "--changed-since",
        metavar="COMMIT",
        help="Grade only submissions in which git reports a file added, changed or removed since this commit.",
    )(command)


def only_changed(submissions: Sequence["Submission"], commit: str | None) -> "tuple[Submission, ...]":
    """The submissions to grade; prints a sentence on stderr if there are none."""
    if commit is None:
        return tuple(submissions)
    from grader.submissions.git_changes import changed_since

    changed = changed_since(submissions, commit)
    if not changed:
        click.echo(f"No submission has changed since {commit}.", err=True)
    return changed
