"""Grading only what changed since a commit, with a real repository."""

import os
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from tests.support.command_line import Grade
from tests.support.submissions import Handed
from tests.support.class_layouts import zipped

from grader.core.errors import PathError
from grader.submissions.discovery import collect
from grader.submissions.git_changes import changed_since

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
    with pytest.raises(PathError, match="not in a git repository"):
        students(str(tmp_path / "outside"), "HEAD")


def test_a_commit_cannot_be_an_option(git: Git) -> None:
    with pytest.raises(PathError):
        students(f"{top(git)}/class", "--output=owned")
    assert not (Path(top(git)) / "owned").exists()


# --- nothing of what is graded is run, configured or believed ---------------------------------------------


@pytest.fixture
def canary(tmp_path: Path) -> Path:
    """A file that is there once a command of the attack has run."""
    return tmp_path / "canary"


def settings(canary: Path) -> str:
    """The settings of a repository with which git would run a command on every occasion it knows."""
    command = f"touch {canary}; cat"
    included = canary.with_name("included")
    included.write_text(f'[filter "evil"]\n\tclean = {command}\n\tsmudge = {command}\n')
    return (
        f'[core]\n\trepositoryformatversion = 0\n\tfsmonitor = "{command}"\n\thooksPath = {canary.parent}\n'
        f'\tpager = "{command}"\n\tsshCommand = "{command}"\n\teditor = "{command}"\n\talternateRefsCommand = "{command}"\n'
        f'[include]\n\tpath = {included}\n[filter "evil"]\n\tclean = "{command}"\n\tsmudge = "{command}"\n\tprocess = "{command}"\n'
        f'[diff]\n\texternal = "{command}"\n[diff "evil"]\n\ttextconv = "{command}"\n\tcommand = "{command}"\n'
        f'[uploadpack]\n\tpackObjectsHook = "{command}"\n[gpg]\n\tprogram = "{command}"\n'
    )


ATTRIBUTES = "* filter=evil diff=evil text eol=crlf\n"


def lay_out_bare(folder: Path, canary: Path, git: Git, work: str = "") -> None:
    """Make a student's folder a bare repository whose files are its working tree, as a pull request can bring it.

    It knows the commits of the repository around it, so that every question is answered.
    """
    subprocess.run(["git", "init", "--quiet", "--bare", str(folder)], check=True, capture_output=True)
    more = f"[core]\n\tbare = false\n\tworktree = {work or folder}\n"
    (folder / "config").write_text(settings(canary) + more)
    (folder / ".gitattributes").write_text(ATTRIBUTES)
    (folder / "info").mkdir(exist_ok=True)
    (folder / "info" / "attributes").write_text(ATTRIBUTES)
    (folder / "objects" / "info" / "alternates").write_text(f"{top(git)}/.git/objects\n")
    (folder / "refs" / "heads" / "main").write_text(git("rev-parse", "main") + "\n")
    (folder / "HEAD").write_text("ref: refs/heads/main\n")
    (folder / "lab.py").write_text("x = 'mine'\n")
    (folder / "class" / "ada").mkdir(parents=True, exist_ok=True)
    (folder / "class" / "ada" / "lab.py").write_text("x = 7\n")
    blob = f"100644,{git('rev-parse', 'main:class/ada/lab.py')},class/ada/lab.py"  # git has to look into the file
    index = ["git", f"--git-dir={folder}", f"--work-tree={folder}", "update-index", "--add", "--cacheinfo"]
    plain = {"GIT_CONFIG_COUNT": "0"}
    (folder / "config").rename(folder / "config.evil")
    (folder / "config").write_text("[core]\n\tbare = false\n")
    subprocess.run([*index, blob], check=True, capture_output=True, env={**os.environ, **plain})
    (folder / "config.evil").rename(folder / "config")


def changed(place: Path, commit: str, *paths: Path) -> dict[str, tuple[str, ...]]:
    """Who is graded, with what is said."""
    found = collect(paths or [place / "class"])
    return {submission.student: submission.notes for submission in changed_since(found, commit)}


def test_a_folder_laid_out_as_a_repository_runs_nothing_and_is_graded(git: Git, canary: Path) -> None:
    place = Path(top(git))
    git("checkout", "--quiet", "-b", "work")
    (place / "class" / "aaa").mkdir()
    lay_out_bare(place / "class" / "aaa", canary, git)
    git("add", "--all")
    git("commit", "--quiet", "--message", "a pull request")
    assert (place / "class" / "aaa" / "HEAD").exists()
    assert git("ls-files", "class/aaa/config", "class/aaa/objects/info/alternates").count("\n") == 1
    assert set(changed(place, "main")) == {"aaa"}
    assert not canary.exists()


@pytest.mark.slow
def test_the_command_line_grades_such_a_folder_and_runs_nothing(
    git: Git, canary: Path, grade: Grade, tmp_path: Path
) -> None:
    place = Path(top(git))
    lay_out_bare(place / "class" / "aaa", canary, git)
    arguments = (place / "class", "--changed-since", "main", "--exercise", "2.1", "--format", "plain")
    done = grade("run", *arguments, "--out", tmp_path / "out")
    assert (done.returncode, done.stderr) == (0, "")
    assert [line.split("\t")[0] for line in done.stdout.splitlines()] == ["student", "aaa"]
    assert not canary.exists()


def test_a_repository_within_a_students_folder_is_not_asked(git: Git, canary: Path) -> None:
    place = Path(top(git))
    for student in ("ada", "bö b"):
        folder = place / "class" / student
        subprocess.run(["git", "init", "--quiet", str(folder)], check=True, capture_output=True)
        (folder / ".git" / "config").write_text(settings(canary))
        (folder / ".git" / "info" / "attributes").write_text(ATTRIBUTES)
    assert changed(place, "HEAD") == {}
    (place / "class" / "ada" / "lab.py").write_text("x = 2\n")
    assert set(changed(place, "HEAD")) == {"ada"}
    assert set(changed(place, "HEAD", place / "class" / "ada")) == {"ada"}, "given by itself"
    paths = sorted((place / "class").iterdir())
    assert set(changed(place, "HEAD", *paths)) == {"ada"}, "given among others"
    assert not canary.exists()


def test_not_even_the_configuration_of_the_repository_itself_runs_anything(git: Git, canary: Path) -> None:
    place = Path(top(git))
    with (place / ".git" / "config").open("a") as file:
        file.write(settings(canary))
    (place / "class" / ".gitattributes").write_text(ATTRIBUTES)
    (place / "class" / "ada" / "lab.py").write_text("x = 2\n")
    (place / ".git" / "hooks").mkdir(exist_ok=True)
    for hook in ("post-index-change", "fsmonitor-watchman", "reference-transaction"):
        (place / ".git" / "hooks" / hook).write_text(f"#!/bin/sh\ntouch {canary}\n")
        (place / ".git" / "hooks" / hook).chmod(0o755)
    assert set(changed(place, "HEAD")) == {"ada"}
    assert not canary.exists()


def test_a_commit_recorded_in_a_class_folder_laid_out_as_bare_is_not_believed(git: Git, canary: Path) -> None:
    place = Path(top(git))
    lay_out_bare(place / "class", canary, git, work="/")
    (place / "class" / "ada" / "lab.py").write_text("x = 2\n")
    assert "ada" in changed(place, "HEAD")
    assert not canary.exists()


def test_the_users_own_environment_does_not_lead_git_elsewhere(
    git: Git, canary: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = Path(top(git))
    monkeypatch.setenv("GIT_DIR", "/nowhere")
    monkeypatch.setenv("GIT_EXTERNAL_DIFF", f"touch {canary}")
    monkeypatch.setenv("GIT_CONFIG_COUNT", "1")
    monkeypatch.setenv("GIT_CONFIG_KEY_0", "core.fsmonitor")
    monkeypatch.setenv("GIT_CONFIG_VALUE_0", f"touch {canary}")
    assert changed(place, "HEAD") == {}
    assert not canary.exists()


def test_a_link_in_the_place_of_a_file_counts_as_a_change(git: Git, tmp_path: Path) -> None:
    place = Path(top(git))
    (tmp_path / "elsewhere.py").write_text("x = 1\n")
    (place / "class" / "ada" / "lab.py").unlink()
    (place / "class" / "ada" / "lab.py").symlink_to(tmp_path / "elsewhere.py")
    assert list(changed(place, "HEAD")) == ["ada"]
    git("add", "--all")
    git("commit", "--quiet", "--message", "a link")
    assert changed(place, "HEAD") == {}


def test_ends_of_lines_that_a_checkout_made_are_no_change(git: Git) -> None:
    place = Path(top(git))
    (place / "class" / "ada" / "lab.py").write_bytes(b"x = 1\r\n")
    assert changed(place, "HEAD") == {}
    (place / "class" / "ada" / "lab.py").write_bytes(b"x = 3\r\n")
    assert list(changed(place, "HEAD")) == ["ada"]


def test_an_archive_counts_as_the_file_that_it_is(git: Git) -> None:
    place = Path(top(git))
    for folder in ("flat", "lone"):
        (place / folder).mkdir()
        (place / folder / "emil.zip").write_bytes(zipped({"lab.py": b"x = 1\n"}))
    (place / "flat" / "fay.zip").write_bytes(zipped({"lab.py": b"x = 1\n"}))
    (place / "class" / "ada" / "more.zip").write_bytes(zipped({"more.py": b"x = 1\n"}))
    git("add", "--all")
    git("commit", "--quiet", "--message", "archives")
    everywhere = [place / "flat", place / "lone", place / "class"]
    assert changed(place, "HEAD", *everywhere) == {}
    for file in (
        place / "flat" / "fay.zip",
        place / "lone" / "emil.zip",
        place / "class" / "ada" / "more.zip",
    ):
        file.write_bytes(zipped({"lab.py": b"x = 2\n"}))
    assert len(changed(place, "HEAD", *everywhere)) == 3


def test_a_working_tree_beside_the_repository_is_known(git: Git, tmp_path: Path) -> None:
    git("worktree", "add", "--quiet", str(tmp_path / "beside"), "-b", "work")
    assert changed(tmp_path / "beside", "main") == {}
    (tmp_path / "beside" / "class" / "ada" / "lab.py").write_text("x = 2\n")
    assert list(changed(tmp_path / "beside", "main")) == ["ada"]


def test_what_one_path_cannot_tell_is_graded_and_said_and_the_others_are_compared(
    git: Git, handed_in: Handed
) -> None:
    place = Path(top(git))
    outside = handed_in({"cy/lab.py": "x = 1\n", "di/lab.py": "x = 1\n"}, "outside")
    found = changed(place, "HEAD", place / "class", outside)
    assert list(found) == ["cy", "di"]
    assert all("cannot tell whether it changed" in notes[0] for notes in found.values())


@pytest.mark.skipif(os.getuid() != 0, reason="only root can give files away")
def test_a_checkout_that_somebody_else_owns_is_compared_too(git: Git) -> None:
    place = Path(top(git))
    for path in (place, *place.rglob("*")):
        os.chown(path, 12_345, 12_345, follow_symlinks=False)
    assert changed(place, "HEAD") == {}
