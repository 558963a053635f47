"""Grading only what changed since a commit, with a real repository."""

import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from conftest import Handed

from grader.changed import changed_since
from grader.collect import collect
from grader.errors import PathError

Git = Callable[..., str]


@pytest.fixture
def git(handed_in: Handed) -> Git:
    """`git(*arguments)` in a repository that holds a class of folders and of single files."""
    place = handed_in(
        {
            "class/ada/lab.py": "x = 1\n",
            "class/ada/notes.txt": "mine\n",
            "class/bö b/lab.py": "y = 2\n",
            "files/carl.py": "z = 3\n",
            "files/dora.py": "w = 4\n",
        },
        "repository",
    )

    def run(*arguments: str) -> str:
        identity = ("-c", "user.name=Somebody", "-c", "user.email=somebody@example.org")
        command = ["git", *identity, "-C", str(place), *arguments]
        return subprocess.run(command, capture_output=True, encoding="utf-8", check=True).stdout.strip()

    run("init", "--quiet", "--initial-branch", "main")
    run("add", "--all")
    run("commit", "--quiet", "--message", "handed in")
    return run


def students(place: str, commit: str) -> list[str]:
    """Who is graded."""
    return [submission.student for submission in changed_since(collect([Path(place)]), commit)]


def top(git: Git) -> str:
    """The repository's folder."""
    return git("rev-parse", "--show-toplevel")


def test_nothing_changed_is_nobody(git: Git) -> None:
    assert students(f"{top(git)}/class", "HEAD") == []
    assert changed_since((), "HEAD") == ()


def test_a_change_concerns_its_own_student_only(git: Git) -> None:
    place = Path(top(git))
    git("checkout", "--quiet", "-b", "work")
    (place / "class" / "bö b" / "lab.py").write_text("y = 3\n")
    (place / "files" / "dora.py").write_text("w = 5\n")
    git("commit", "--quiet", "--all", "--message", "again")
    assert students(f"{place}/class", "main") == ["bö b"]
    assert students(f"{place}/files", "main") == ["dora.py"]


def test_what_is_new_or_removed_counts_and_what_others_did_since_does_not(git: Git) -> None:
    place = Path(top(git))
    git("checkout", "--quiet", "-b", "work")
    git("rm", "--quiet", "class/ada/notes.txt")
    git("commit", "--quiet", "--message", "removed")
    git("checkout", "--quiet", "main")
    (place / "class" / "bö b" / "lab.py").write_text("y = 9\n")
    git("commit", "--quiet", "--all", "--message", "meanwhile")
    git("checkout", "--quiet", "work")
    assert students(f"{place}/class", "main") == ["ada"]
    (place / "class" / "emil").mkdir()
    (place / "class" / "emil" / "lab.py").write_text("v = 0\n")
    assert students(f"{place}/class", "main") == ["ada", "emil"]


def test_where_git_cannot_tell_the_remedy_is_told(git: Git, tmp_path: Path) -> None:
    with pytest.raises(PathError, match="fetch-depth: 0"):
        students(f"{top(git)}/class", "no-such-commit")
    (tmp_path / "outside").mkdir()
    (tmp_path / "outside" / "lab.py").write_text("x = 1\n")
    with pytest.raises(PathError, match="not a git repository"):
        students(str(tmp_path / "outside"), "HEAD")


def test_a_commit_cannot_be_an_option(git: Git) -> None:
    with pytest.raises(PathError):
        students(f"{top(git)}/class", "--output=owned")
    assert not (Path(top(git)) / "owned").exists()
