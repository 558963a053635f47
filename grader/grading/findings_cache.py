"""A cache of findings from earlier runs, keyed by the content of everything they depend on.

Each entry is one JSON file, named by a digest of the submission's files, the lab, the grader, the seed and
the limits. An entry that does not decode is ignored; nothing is ever unpickled.
"""

import hashlib
import inspect
import os
import platform
import sys
import time
from collections.abc import Iterator
from functools import partial
from importlib.metadata import version
from pathlib import Path
from types import ModuleType
from typing import Final

import msgspec
import platformdirs

from grader.core.atomic_files import write_text
from grader.core.code_version import code_of_the_grader
from grader.core.model import Submission
from grader.core.safe_files import opened
from grader.grading.run_plan import RunPlan
from grader.lab.loader import find_lab
from grader.lab.spec import Lab
from grader.marking.findings import ExaminedSubmission

__all__ = ["KEPT_DAYS", "Cache", "fingerprint", "open_cache"]

KEPT_DAYS: Final = 90
"""Entries that no run has used for this many days are removed."""

_LIBRARIES: Final = ("numpy", "torch")
"""Libraries whose versions affect the last digits."""


class Cache:
    """Findings in a folder, for runs under one fingerprint. Safe to use from several threads and processes."""

    def __init__(self, folder: Path, fingerprint: str) -> None:
        self._folder = folder
        self._fingerprint = fingerprint

    def key(self, submission: Submission) -> str:
        """The key of a submission. Raises OSError if a file cannot be read."""
        digest = hashlib.sha256(self._fingerprint.encode())
        for text in submission.notes:
            _add(digest, text.encode("utf-8", "surrogatepass"))
        for file in submission.files:
            _add(digest, os.fsencode(file.relative_to(submission.root)))
            with opened(submission.root, file) as content:
                _add(digest, hashlib.file_digest(content, "sha256").digest())
        return digest.hexdigest()

    def get(self, key: str) -> ExaminedSubmission | None:
        """The findings stored under a key, or None."""
        file = self._file(key)
        try:
            examined = msgspec.json.decode(file.read_bytes(), type=ExaminedSubmission)
            os.utime(file)
        except (OSError, msgspec.MsgspecError, ValueError):
            return None
        return examined

    def put(self, key: str, examined: ExaminedSubmission) -> None:
        """Store findings. If that fails, nothing is stored and nothing is lost."""
        try:
            self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            write_text(self._file(key), msgspec.json.encode(examined).decode())
        except (OSError, msgspec.MsgspecError, ValueError):
            return

    def prune(self) -> None:
        """Remove entries that no run has used recently."""
        oldest = time.time() - KEPT_DAYS * 86400
        for file in self._folder.glob("??/*.json"):
            try:
                if file.stat().st_mtime < oldest:
                    file.unlink()
            except OSError:
                continue

    def _file(self, key: str) -> Path:
        return self._folder / key[:2] / f"{key}.json"


def open_cache(folder: Path | None, plan: RunPlan, level: str) -> Cache | None:
    """Findings of earlier runs under the same conditions, cleared of old ones; None where none can be kept.

    Without a folder they lie in the user's cache folder. `level` is the isolation that holds.
    """
    print_of_run = fingerprint(plan, level)
    if print_of_run is None:
        return None
    cache = Cache(folder or platformdirs.user_cache_path("lab-grader"), print_of_run)
    cache.prune()
    return cache


def fingerprint(plan: RunPlan, level: str = "") -> str | None:
    """A digest of everything but the submission that findings depend on; None where that cannot be told.

    That is the grader's code, every file of the package the lab was loaded from, and of the package its exercises come
    from where that is another one, except rubrics (`rubric*.toml`), the versions of Python and of the numerical
    libraries, the exercises, the seed, the limits, and the level of isolation where it is given.
    """
    packages = (_top(find_lab(plan.lab_name)[0]), _top(_home_of_exercises(plan.lab)))
    if not all(getattr(package, "__file__", None) for package in packages):
        return None
    digest = hashlib.sha256()
    parts = [plan.lab.id, str(plan.seed), platform.python_version(), *map(version, _LIBRARIES)]
    limits = msgspec.json.encode(plan.limits).decode()
    for text in (*parts, *(exercise.id for exercise in plan.exercises), limits, level):
        _add(digest, text.encode())
    for file in (
        *code_of_the_grader(),
        *dict.fromkeys(path for package in packages for path in _files_of(package)),
    ):
        _add(digest, file.name.encode())
        _add(digest, file.read_bytes())
    return digest.hexdigest()


def _add(digest: "hashlib._Hash", data: bytes) -> None:
    """Add a piece with its length, so that no two sequences of pieces give the same bytes."""
    digest.update(len(data).to_bytes(8, "little") + data)


def _home_of_exercises(lab: Lab) -> ModuleType | None:
    return inspect.getmodule(lab.exercises.func if isinstance(lab.exercises, partial) else lab.exercises)


def _top(module: ModuleType | None) -> ModuleType | None:
    return sys.modules.get(module.__name__.partition(".")[0]) if module is not None else None


def _files_of(top: ModuleType | None) -> Iterator[Path]:
    """Every file of the package; for a single module, the code and data beside it too."""
    assert top is not None
    folder = Path(str(top.__file__)).parent
    found = folder.rglob("*") if hasattr(top, "__path__") else (*folder.glob("*.py"), *folder.glob("*.toml"))
    for path in sorted(found):
        if path.is_file() and "__pycache__" not in path.parts and not path.match("rubric*.toml"):
            yield path
