"""The machine's side: the code that a worker process of the cluster runs. Student code stays in workers, as
everywhere."""

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
from grader.core.errors import ClusterError
from grader.core.limits import Isolation
from grader.grading.cluster.messages import Offer, Terms, job_from, packed, submission_in
from grader.grading.findings_cache import fingerprint
from grader.grading.pipeline import examine
from grader.lab.loader import find_lab, load_lab, selected
from grader.lab.spec import Exercise, Lab
from grader.sandbox.fork_server import Zygote

__all__ = ["examine_packed", "offer_packed", "versions"]

_lock: Final = Lock()


def versions() -> str:
    """The versions that affect the last digits of a result, for a person to read."""
    libraries = ", ".join(f"{name} {version(name)}" for name in ("torch", "numpy"))
    return f"lab-grader {__version__}, Python {platform.python_version()}, {libraries}"


def offer_packed(terms: bytes) -> bytes:
    """The description of this machine, for a run under these terms."""
    asked = msgspec.msgpack.decode(terms, type=Terms)
    zygote = _zygote(asked.isolation)
    *_, mine = _lab(asked.lab, asked.seed, asked.exercises)
    return packed(Offer(fingerprint=mine, versions=versions(), level=zygote.level, obstacle=zygote.obstacle))


def examine_packed(job: bytes) -> bytes:
    """The findings on one submission.

    Raises ClusterError if this machine, which may have joined later, runs a different program than the
    client.
    """
    asked = job_from(job)
    terms = asked.terms
    lab, exercises, mine = _lab(terms.lab, terms.seed, terms.exercises)
    if mine != terms.fingerprint:
        raise ClusterError(f"a cluster worker runs a different program ({versions()} there)")
    with tempfile.TemporaryDirectory(prefix="grade-job-") as folder:
        submission = submission_in(Path(folder), asked)
        return packed(examine(submission, lab, exercises, terms.seed, terms.limits, _zygote(terms.isolation)))


@lru_cache(maxsize=4)
def _lab(name: str | None, seed: int, ids: tuple[str, ...]) -> tuple[Lab, tuple[Exercise, ...], str]:
    """The lab, its exercises, and the fingerprint of the code on this machine."""
    lab = load_lab(name)
    exercises = selected(lab, seed, ids)
    return lab, exercises, fingerprint(lab, find_lab(name)[0], exercises, seed, ()) or ""


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
