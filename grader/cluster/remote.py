"""The machine's side: what a worker process of the cluster runs. Students' code stays in workers as everywhere."""

import atexit
import platform
import tempfile
from functools import lru_cache
from importlib.metadata import version
from pathlib import Path
from threading import Lock
from typing import Final

import msgspec

from grader import __version__
from grader.cache import fingerprint
from grader.cluster.messages import Offer, Terms, job_from, packed, submission_in
from grader.forkserver import Zygote
from grader.lab import Exercise, Lab
from grader.labs import find_lab, load_lab, selected
from grader.limits import Isolation
from grader.pipeline import examine

__all__ = ["examine_packed", "offer_packed", "versions"]

_lock: Final = Lock()


def versions() -> str:
    """What decides about the last digits of a result, to be read by a person."""
    libraries = ", ".join(f"{name} {version(name)}" for name in ("torch", "numpy"))
    return f"lab-grader {__version__}, Python {platform.python_version()}, {libraries}"


def offer_packed(terms: bytes) -> bytes:
    """What this machine is, for a run under these terms."""
    asked = msgspec.msgpack.decode(terms, type=Terms)
    zygote = _zygote(asked.isolation)
    lab, exercises = _lab(asked.lab, asked.seed, asked.exercises)
    mine = fingerprint(lab, find_lab(asked.lab)[0], exercises, asked.seed, ())
    return packed(
        Offer(fingerprint=mine or "", versions=versions(), level=zygote.level, obstacle=zygote.obstacle)
    )


def examine_packed(job: bytes) -> bytes:
    """What is found out about one submission."""
    asked = job_from(job)
    terms = asked.terms
    lab, exercises = _lab(terms.lab, terms.seed, terms.exercises)
    with tempfile.TemporaryDirectory(prefix="grade-job-") as folder:
        submission = submission_in(Path(folder), asked)
        return packed(examine(submission, lab, exercises, terms.seed, terms.limits, _zygote(terms.isolation)))


@lru_cache(maxsize=4)
def _lab(name: str | None, seed: int, exercises: tuple[str, ...]) -> tuple[Lab, tuple[Exercise, ...]]:
    lab = load_lab(name)
    return lab, tuple(selected(lab, seed, exercises))


def _zygote(isolation: Isolation) -> Zygote:
    """The process that starts workers, one for each process of the cluster. Raises IsolationError."""
    with _lock:
        return _started(isolation)


@lru_cache(maxsize=3)
def _started(isolation: Isolation) -> Zygote:
    zygote = Zygote(isolation)
    atexit.register(zygote.close)
    zygote.require()
    return zygote
