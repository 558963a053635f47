"""Our side: distribute submissions over a Dask cluster and collect findings."""

from collections.abc import Callable
from concurrent.futures import Future
from contextlib import ExitStack
from typing import Any, Final

import msgspec

from grader.core.errors import ClusterError, GraderError, IsolationError
from grader.core.limits import Level
from grader.core.model import Submission
from grader.core.safe_files import opened
from grader.grading.cluster.dask_import import engine
from grader.grading.cluster.messages import Job, Offer, Terms, examined_from, packed
from grader.grading.cluster.remote_examine import examine_packed, offer_packed, versions
from grader.grading.findings_cache import fingerprint
from grader.grading.run_plan import RunPlan
from grader.marking.findings import ExaminedSubmission

__all__ = ["DaskExecutor"]

MOST_BYTES: Final = 256 * 1024**2
"""Bytes of one submission."""

CONNECT_SECONDS: Final = 10.0
"""A running scheduler answers at once; one behind a tunnel takes a moment."""


class DaskExecutor:
    """The worker processes of a Dask cluster. Each examines one submission at a time, isolated as everywhere.

    A submission whose worker is lost is examined by another one; after as many losses as the cluster allows
    (`distributed.scheduler.allowed-failures`, 3 by default) it is abandoned. Raises ClusterError if the
    cluster cannot be reached, has no workers, or runs a different program, and IsolationError if one of its
    machines does not support the requested isolation level.
    """

    def __init__(self, plan: RunPlan, address: str) -> None:
        self._client = _connected(address)
        terms = Terms(
            lab=plan.lab_name,
            exercises=tuple(exercise.id for exercise in plan.exercises),
            seed=plan.seed,
            limits=plan.limits,
            isolation=plan.isolation,
            fingerprint=fingerprint(plan) or "",
        )
        with ExitStack() as leaving:
            leaving.callback(self.close)
            offers = self._offers(terms)
            leaving.pop_all()
        self.level: Level = "strict" if all(offer.level == "strict" for offer in offers) else "process"
        self.unavailable_reason = next(
            (offer.unavailable_reason for offer in offers if offer.unavailable_reason), ""
        )
        self.size = len(offers)
        # From here on, every machine uses the level that the weakest supports, so it does not matter which
        # machine examines which student.
        self._terms = msgspec.structs.replace(terms, isolation=self.level)
        self._pending: dict[Any, Future[ExaminedSubmission]] = {}

    def submit(
        self, submission: Submission, started: Callable[[Submission], None]
    ) -> "Future[ExaminedSubmission]":
        """Send a submission to the cluster."""
        answer: Future[ExaminedSubmission] = Future()
        try:
            job = packed(Job(terms=self._terms, files=_contents(submission), notes=submission.notes))
        except (OSError, ClusterError) as error:
            answer.set_exception(error)
            return answer
        remote = self._client.submit(examine_packed, job, pure=False)
        self._pending[remote.key] = answer
        started(submission)
        remote.add_done_callback(self._done)
        return answer

    def close(self) -> None:
        """Cancel the work in progress and leave the cluster, which keeps running."""
        self._client.close()

    def _done(self, remote: Any) -> None:
        answer = self._pending.pop(remote.key)
        problem = remote.exception()
        if problem is not None:
            answer.set_exception(_told(problem))
        else:
            try:
                answer.set_result(examined_from(remote.result()))
            except ClusterError as error:
                answer.set_exception(error)
        remote.release()

    def _offers(self, terms: Terms) -> list[Offer]:
        found = self._client.run(offer_packed, packed(terms), on_error="return")
        if not found:
            raise ClusterError(
                f"The cluster at {self._client.scheduler.address} has no workers: start some and grade again."
            )
        offers = []
        for address, answer in found.items():
            if isinstance(answer, IsolationError):
                raise IsolationError(f"On {address}: {answer}")
            if not isinstance(answer, bytes):
                raise ClusterError(
                    f"The worker {address} cannot take part ({type(answer).__name__}: {answer}): install there the "
                    f"versions that are installed here ({versions()})."
                )
            offer = msgspec.msgpack.decode(answer, type=Offer)
            if offer.fingerprint != terms.fingerprint:
                raise ClusterError(
                    f"The worker {address} runs a different program ({offer.versions}; here {versions()}; the code of "
                    "the grader and of the lab must match too): install the same on both."
                )
            offers.append(offer)
        return offers


def _contents(submission: Submission) -> dict[str, bytes]:
    sizes = sum(file.stat().st_size for file in submission.files)
    if sizes > MOST_BYTES:
        raise ClusterError(f"{sizes / 2**20:.0f} MB are too much to send to a cluster")
    contents = {}
    for file in submission.files:
        with opened(submission.root, file) as content:
            contents[file.relative_to(submission.root).as_posix()] = content.read(MOST_BYTES)
    return contents


def _connected(address: str) -> Any:
    distributed = engine()
    try:
        return distributed.Client(address, timeout=CONNECT_SECONDS, set_as_default=False)
    except (OSError, ValueError) as error:
        raise ClusterError(
            f"No scheduler answers at {address} ({error}): start one, or correct the address."
        ) from error


def _told(error: BaseException) -> Exception:
    """The error in words that a person can use. One machine's problem does not affect the whole run."""
    if type(error).__name__ == "KilledWorker":
        return ClusterError("every cluster process that took it was lost")
    if type(error).__name__ == "FutureCancelledError" or not isinstance(error, Exception):
        return ClusterError("the cluster abandoned it")
    return ClusterError(str(error)) if isinstance(error, GraderError) else error
