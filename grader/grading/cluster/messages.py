"""Messages to a machine of a cluster: plain values as MessagePack, checked on arrival."""

from pathlib import Path
from typing import Any

import msgspec

from grader.core.errors import ClusterError
from grader.core.limits import Isolation, Level, Limits
from grader.core.model import Frozen, Submission
from grader.marking.findings import ExaminedSubmission

__all__ = ["Job", "Offer", "Terms", "examined_from", "job_from", "packed", "submission_in"]


class Terms(Frozen, frozen=True):
    """The conditions of a run; the same for all its submissions."""

    lab: str | None
    """As in `--lab`; None for the installed one."""
    exercises: tuple[str, ...]
    seed: int
    limits: Limits
    isolation: Isolation
    fingerprint: str
    """A digest of the grader, the lab, Python and the numerical libraries, which must be the same everywhere."""


class Job(Frozen, frozen=True):
    """One submission by its content. `files` maps paths from its root to their contents."""

    terms: Terms
    files: dict[str, bytes]
    notes: tuple[str, ...]


class Offer(Frozen, frozen=True):
    """The description of a cluster machine."""

    fingerprint: str
    versions: str
    """Versions of grader, Python, torch and numpy, for a person to read."""
    level: Level
    unavailable_reason: str


def packed(value: Job | Offer | ExaminedSubmission | Terms) -> bytes:
    """Encode a message."""
    return msgspec.msgpack.encode(value)


def job_from(data: bytes) -> Job:
    """Decode a job. Raises msgspec.MsgspecError if it is invalid."""
    return msgspec.msgpack.decode(data, type=Job)


def examined_from(data: Any) -> ExaminedSubmission:
    """Decode returned findings. Raises ClusterError if they are invalid."""
    try:
        return msgspec.msgpack.decode(data, type=ExaminedSubmission)
    except (msgspec.MsgspecError, TypeError) as error:
        raise ClusterError("a machine of the cluster returned something other than findings") from error


def submission_in(folder: Path, job: Job) -> Submission:
    """The submission of a job, its files written under a folder. Raises ClusterError if a path leads outside
    it."""
    for name, content in job.files.items():
        file = folder / name
        if not file.resolve().is_relative_to(folder.resolve()):
            raise ClusterError(f"the path {name!r} leads outside the submission")
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(content)
    return Submission(
        student="", root=folder, files=tuple(sorted(folder / name for name in job.files)), notes=job.notes
    )
