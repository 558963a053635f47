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
from grader.grading.examine import examine
from grader.grading.findings_cache import fingerprint
from grader.grading.run_plan import RunPlan
from grader.lab.loader import load_lab, selected
from grader.sandbox.fork_server import ForkServer

__all__ = ["examine_packed", "offer_packed", "versions"]

_lock: Final = Lock()


def versions() -> str:
    """The versions that affect the last digits of a result, for a person to read."""
    libraries = ", ".join(f"{name} {version(name)}" for name in ("torch", "numpy"))
    return f"lab-grader {__version__}, Python {platform.python_version()}, {libraries}"


def offer_packed(terms: bytes) -> bytes:
    """The description of this machine, for a run under these terms."""
    asked = msgspec.msgpack.decode(terms, type=Terms)
    fork_server = _fork_server(asked.isolation)
    _, mine = _planned(asked)
    return packed(
        Offer(
            fingerprint=mine,
            versions=versions(),
            level=fork_server.level,
            unavailable_reason=fork_server.unavailable_reason,
        )
    )


def examine_packed(job: bytes) -> bytes:
    """The findings on one submission.

    Raises ClusterError if this machine, which may have joined later, runs a different program than the
    client.
    """
    asked = job_from(job)
    plan, mine = _planned(asked.terms)
    if mine != asked.terms.fingerprint:
        raise ClusterError(f"a cluster worker runs a different program ({versions()} there)")
    with tempfile.TemporaryDirectory(prefix="grade-job-") as folder:
        submission = submission_in(Path(folder), asked)
        return packed(examine(submission, plan, _fork_server(plan.isolation)))


@lru_cache(maxsize=4)
def _planned(terms: Terms) -> tuple[RunPlan, str]:
    """The plan under these terms, and the fingerprint of what runs here."""
    lab = load_lab(terms.lab)
    plan = RunPlan(
        lab=lab,
        exercises=selected(lab, terms.seed, terms.exercises),
        seed=terms.seed,
        limits=terms.limits,
        isolation=terms.isolation,
        lab_name=terms.lab,
    )
    return plan, fingerprint(plan) or ""


def _fork_server(isolation: Isolation) -> ForkServer:
    """The process that starts workers, one for each process of the cluster. Raises IsolationError."""
    with _lock:
        return _started(isolation)


@lru_cache(maxsize=3)
def _started(isolation: Isolation) -> ForkServer:
    fork_server = ForkServer(isolation)
    atexit.register(fork_server.close)
    fork_server.require()
    return fork_server
