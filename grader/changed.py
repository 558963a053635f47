"""Which submissions changed since a commit, as git sees it: for grading what a pull request touches."""

import os
import subprocess
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from grader.errors import PathError
from grader.model import Submission

__all__ = ["changed_since"]


def changed_since(submissions: Sequence[Submission], commit: str) -> tuple[Submission, ...]:
    """The submissions of which a file was added, changed or removed since the work left `commit`.

    Compared is what lies in the folder with the merge base of `commit` and HEAD; files that git does not know
    yet count as added. Raises PathError where git cannot tell.
    """
    if not submissions:
        return ()
    top = Path(_git(submissions[0].root, "rev-parse", "--show-toplevel").rstrip("\n"))
    base = _git(top, "merge-base", "--", commit, "HEAD").strip()
    compared = _git(
        top, "diff", "--name-only", "--no-renames", "--no-ext-diff", "--no-textconv", "-z", base, "--"
    )
    unknown = _git(top, "ls-files", "--others", "--exclude-standard", "-z")
    changed = {top / name for name in (compared + unknown).split("\0") if name}
    shared = Counter(submission.root for submission in submissions)
    return tuple(s for s in submissions if _touched(s, changed, alone=shared[s.root] == 1))


def _touched(submission: Submission, changed: set[Path], *, alone: bool) -> bool:
    """Files count; in a folder of its own a submission's removed files count too."""
    if changed & set(submission.files):
        return True
    gone = (path for path in changed if not path.exists())
    return (
        alone
        and submission.root.name == submission.student
        and any(path.is_relative_to(submission.root) for path in gone)
    )


def _git(folder: Path, *arguments: str) -> str:
    # Neither hooks nor a file-system monitor that a repository's configuration may name.
    command = [
        "git",
        "-c",
        "core.fsmonitor=false",
        "-c",
        "core.hooksPath=/dev/null",
        "-C",
        str(folder),
        *arguments,
    ]
    try:
        done = subprocess.run(
            command,
            env={**os.environ, "GIT_OPTIONAL_LOCKS": "0", "LC_ALL": "C"},
            capture_output=True,
            encoding="utf-8",
            errors="surrogateescape",
            check=False,
        )
    except FileNotFoundError as error:
        raise PathError("--changed-since needs git, which is not installed here.") from error
    if done.returncode:
        reason = done.stderr.strip().splitlines()
        raise PathError(
            f"git cannot tell what changed ({reason[-1] if reason else 'no reason given'}): give a commit that was "
            "fetched, with its history (actions/checkout does so with `fetch-depth: 0`)."
        )
    return done.stdout
