"""Which submissions changed since a commit, according to git: for grading what a pull request changes.

Trees recorded by git are compared with the files on disk, by the digests of their contents. git reads only
the repository's objects and refs: not its configuration, which may name programs, nor attributes, filters,
hooks, monitors or anything else in the graded files. It never runs in their folder.
"""

import hashlib
import os
import shutil
import stat
import subprocess
import tempfile
from bisect import bisect_left
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import msgspec

from grader.core.ignored_names import ignored
from grader.core.errors import PathError
from grader.core.intake_limits import MIB
from grader.core.model import Frozen, Submission
from grader.core.safe_files import look, opened, shown

__all__ = ["changed_since"]

READ: Final = ("HEAD", "packed-refs", "shallow", "FETCH_HEAD", "ORIG_HEAD", "MERGE_HEAD")
"""The parts of a repository that are copied; its objects and refs are read in place."""

MOST_COPIED: Final = 64 * MIB
"""Bytes of one of these; the refs of a large repository take some."""

MOST_COMPARED: Final = MIB
"""A larger file is compared byte for byte, a smaller one also with line endings of Windows removed."""


class Blob(Frozen, frozen=True):
    """git's record of a path. `kind` is git's mode: `100644` or similar is a file, `120000` a link."""

    kind: str
    digest: str


class Recorded(Frozen, frozen=True):
    """The content of a repository at the commit to compare with: its folder, and files by path."""

    top: Path
    algorithm: str
    blobs: Mapping[str, Blob]
    """Sorted by path."""
    paths: Sequence[str]

    def below(self, folder: str) -> Iterator[tuple[str, Blob]]:
        """The records below a folder, whose path ends with a slash or is empty."""
        for path in self.paths[bisect_left(self.paths, folder) :]:
            if not path.startswith(folder):
                return
            yield path, self.blobs[path]


def changed_since(submissions: Sequence[Submission], commit: str) -> tuple[Submission, ...]:
    """The submissions in which a file was added, changed or removed since the work left `commit`.

    The files on disk are compared with the merge base of `commit` and HEAD; files unknown to git count as
    added. The repository is the one that contains the path on the command line. If one of several
    repositories cannot be compared, all its submissions are returned with a note; raises PathError if none
    can.
    """
    recorded: dict[Path, Recorded | PathError] = {}
    handed_in = [submission for submission in submissions if submission.origins]
    for place in dict.fromkeys(map(_searched_from, handed_in)):
        try:
            recorded[place] = _recorded(place, commit)
        except PathError as error:
            recorded[place] = error
    refusals = [each for each in recorded.values() if isinstance(each, PathError)]
    if recorded and len(refusals) == len(recorded):
        raise refusals[0]
    return tuple(
        changed
        for submission in handed_in
        if (changed := _if_changed(submission, recorded[_searched_from(submission)])) is not None
    )


def _if_changed(submission: Submission, recorded: Recorded | PathError) -> Submission | None:
    """The submission if it has to be graded, with a note if git cannot tell."""
    if isinstance(recorded, PathError):
        return _graded_anyway(submission, str(recorded))
    try:
        return submission if any(_differs(origin, recorded) for origin in submission.origins) else None
    except (OSError, ValueError) as error:
        return _graded_anyway(submission, f"{type(error).__name__}: {error}")


def _graded_anyway(submission: Submission, why: str) -> Submission:
    note = f"It was graded because git cannot tell whether it changed ({shown(why)})."
    return msgspec.structs.replace(submission, notes=(*submission.notes, note))


# --- what lies there --------------------------------------------------------------------------------------


def _differs(origin: Path, recorded: Recorded) -> bool:
    """Whether a submitted folder or file differs from the record."""
    if not origin.is_relative_to(recorded.top):
        return True
    origin = next((above for above in origin.parents if above.is_file()), origin)  # work in an archive
    path = origin.relative_to(recorded.top).as_posix()
    if not stat.S_ISDIR(origin.lstat().st_mode):
        return _is_other(origin.parent, origin, recorded.blobs.get(path), recorded.algorithm)
    found = look(origin)
    if found.cut or len(found.left_out) > len(found.links):
        return True  # a file that could not be read may have changed; the person marking is told
    below = "" if path == "." else f"{path}/"
    there = {below + file.relative_to(origin).as_posix(): file for file in found.files}
    if any(
        _is_other(origin, file, recorded.blobs.get(name), recorded.algorithm) for name, file in there.items()
    ):
        return True
    links = {below + link.relative_to(origin).as_posix() for link in found.links}
    if any(name not in recorded.blobs or recorded.blobs[name].kind != "120000" for name in links):
        return True
    return any(
        _is_gone(recorded.top / name, blob)
        for name, blob in recorded.below(below)
        if name not in there and name not in links
    )


def _is_gone(file: Path, blob: Blob) -> bool:
    """Whether a recorded file no longer exists, or is something else."""
    try:
        mode = file.lstat().st_mode
    except OSError:
        return True
    return blob.kind.startswith("100") and not stat.S_ISREG(mode) and not any(map(ignored, file.parts[-1:]))


def _is_other(root: Path, file: Path, blob: Blob | None, algorithm: str) -> bool:
    """Whether a file's content differs from the record, ignoring line endings."""
    if blob is None or not blob.kind.startswith("100"):
        return True
    with opened(root, file) as content:
        size = os.fstat(content.fileno()).st_size
        if size <= MOST_COMPARED and b"\r\n" in (text := content.read(MOST_COMPARED)):
            plain = text.replace(b"\r\n", b"\n")
            found = [_digest(algorithm, len(data), iter([data])) for data in (text, plain)]
        else:
            content.seek(0)
            found = [_digest(algorithm, size, iter(lambda: content.read(MIB), b""))]
    return blob.digest not in found


def _digest(algorithm: str, size: int, pieces: Iterator[bytes]) -> str:
    """git's name for this content."""
    digest = hashlib.new(algorithm, f"blob {size}\0".encode(), usedforsecurity=False)
    for piece in pieces:
        digest.update(piece)
    return digest.hexdigest()


# --- what git recorded ------------------------------------------------------------------------------------


def _searched_from(submission: Submission) -> Path:
    """Where the search for the repository begins: at the path on the command line, or above it if that path
    is the submission itself and is in a larger repository."""
    given = submission.given or submission.root
    if given in submission.origins and _repository_above(given.parent) is not None:
        return given.parent
    return given


def _repository_above(folder: Path) -> Path | None:
    """The first folder from here upwards that contains `.git`; a bare repository does not count."""
    return next((each for each in (folder, *folder.parents) if os.path.lexists(each / ".git")), None)


def _recorded(place: Path, commit: str) -> Recorded:
    """The content of the repository around a path where the work left `commit`. Raises PathError if git
    cannot tell."""
    top = _repository_above(place)
    if top is None:
        raise _cannot_tell(f"{place} is not in a git repository")
    with _stripped(top / ".git") as (git_dir, algorithm):
        base = _git(git_dir, "merge-base", "--", commit, "HEAD").strip()
        listed = _git(git_dir, "ls-tree", "-r", "-z", "--full-tree", base)
    blobs = {}
    for line in listed.split("\0"):
        described, tab, path = line.partition("\t")
        if tab:
            kind, _, digest = described.split()
            blobs[path] = Blob(kind, digest)
    return Recorded(top, algorithm, blobs, sorted(blobs))


@contextmanager
def _stripped(dot_git: Path) -> Iterator[tuple[Path, str]]:
    """A repository of our own with the objects and refs of another, and its digest algorithm."""
    try:
        own, common = _folders(dot_git)
    except (OSError, ValueError) as error:
        raise _cannot_tell(f"{dot_git} cannot be read") from error
    folder = Path(tempfile.mkdtemp(prefix="grade-git-"))
    try:
        for name in READ:
            for source in (own / name, common / name):
                if source.is_file() and source.stat().st_size <= MOST_COPIED:
                    shutil.copyfile(source, folder / name)
                    break
        for name in ("objects", "refs", "reftable"):
            if (common / name).is_dir():
                (folder / name).symlink_to((common / name).resolve(), target_is_directory=True)
        algorithm = _setting(common / "config", "extensions.objectFormat") or "sha1"
        storage = _setting(common / "config", "extensions.refStorage")
        if algorithm not in ("sha1", "sha256") or storage not in ("", "files", "reftable"):
            raise _cannot_tell("an unknown repository format")
        config = "[core]\nrepositoryFormatVersion = 1\nbare = true\n[extensions]\n"
        config += f"objectFormat = {algorithm}\n" + (f"refStorage = {storage}\n" if storage else "")
        (folder / "config").write_text(config, encoding="ascii")
        yield folder, algorithm
    except OSError as error:
        raise _cannot_tell(f"{dot_git} cannot be read") from error
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _folders(dot_git: Path) -> tuple[Path, Path]:
    """The folder of a working tree's own state, and that of the repository it shares."""
    own = dot_git
    if dot_git.is_file():
        with dot_git.open(encoding="utf-8") as file:
            own = dot_git.parent / file.read(4096).removeprefix("gitdir: ").rstrip("\n")
    common = own
    if (own / "commondir").is_file():
        with (own / "commondir").open(encoding="utf-8") as file:
            common = own / file.read(4096).rstrip("\n")
    return own, common


def _setting(config: Path, name: str) -> str:
    """One setting of a file, which is read as text: no file that it includes or names is touched."""
    if not config.is_file():
        return ""
    done = _run("config", "--no-includes", "--file", str(config), "--get", name)
    return done.stdout.strip().lower() if done.returncode == 0 else ""


def _git(git_dir: Path, *arguments: str) -> str:
    done = _run(f"--git-dir={git_dir}", *arguments)
    if done.returncode:
        reason = done.stderr.strip().splitlines()
        raise _cannot_tell(reason[-1] if reason else "no reason given")
    return done.stdout


def _run(*arguments: str) -> "subprocess.CompletedProcess[str]":
    """Run git without any setting except ours, in a folder that no student wrote."""
    plain = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
    ours = {
        "GIT_CONFIG_NOSYSTEM": "1",
        "GIT_CONFIG_GLOBAL": os.devnull,
        "GIT_ATTR_NOSYSTEM": "1",
        "GIT_NO_REPLACE_OBJECTS": "1",
        "GIT_OPTIONAL_LOCKS": "0",
        "GIT_TERMINAL_PROMPT": "0",
        "LC_ALL": "C",
    }
    command = ["git", "--no-pager", "-c", "safe.bareRepository=explicit", "-c", "core.commitGraph=false"]
    command += [
        "-c",
        "core.fsmonitor=false",
        "-c",
        f"core.hooksPath={os.devnull}",
        "-c",
        "protocol.allow=never",
    ]
    try:
        return subprocess.run(
            [*command, *arguments],
            cwd="/",
            env={**plain, **ours},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            encoding="utf-8",
            errors="surrogateescape",
            check=False,
        )
    except FileNotFoundError as error:
        raise PathError("--changed-since needs git, which is not installed here: install git.") from error


def _cannot_tell(reason: str) -> PathError:
    return PathError(
        f"git cannot tell what changed ({reason}): give a commit that was fetched with its history "
        "(with actions/checkout, set `fetch-depth: 0`)."
    )
