"""`results.json`: the machine-readable result others build on.

Deterministic: the same input, lab, seed and version give the same bytes apart from `seconds`.
"""

from collections.abc import Sequence
from pathlib import Path

import msgspec

from grader import __version__
from grader.errors import PathError
from grader.model import Frozen, Identity, Report

__all__ = ["SCHEMA", "Results", "read_students", "results_json"]

SCHEMA = 1


class Results(Frozen, frozen=True):
    """The whole file. `seed` is what the matrices, masks and starts were drawn from."""

    schema: int
    """Raised when a field changes its meaning or goes."""
    grader: str
    """The grader's version."""
    lab: str
    """The id of the lab."""
    seed: int
    """What the matrices, masks and starts were drawn from."""
    submissions: tuple[Report, ...]
    """Every student graded, sorted by name."""


def results_json(reports: Sequence[Report], lab: str, seed: int) -> str:
    """The reports, in the order given, as indented JSON with a final line feed."""
    results = Results(SCHEMA, __version__, lab, seed, tuple(reports))
    return msgspec.json.format(msgspec.json.encode(results), indent=2).decode() + "\n"


class _Student(Frozen, frozen=True):
    student: str
    identity: Identity = Identity()


class _Students(Frozen, frozen=True):
    submissions: tuple[_Student, ...]


def read_students(path: Path) -> tuple[tuple[str, Identity], ...]:
    """Who was graded, from a run's `results.json`. Raises PathError where there is none to be read."""
    try:
        students = msgspec.json.decode(path.read_bytes(), type=_Students).submissions
    except OSError as error:
        raise PathError(
            f"{path} cannot be read ({error.strerror}): grade first, or name the folder of results with --out."
        ) from error
    except msgspec.MsgspecError as error:
        raise PathError(f"{path} holds no results ({error}): grade again.") from error
    return tuple((each.student, each.identity) for each in students)
