"""`results.json`: the machine-readable result others build on.

Deterministic: the same input, lab, seed and version give the same bytes apart from `seconds`.
"""

from collections.abc import Sequence
from pathlib import Path

import msgspec

from grader import __version__
from grader.errors import PathError
from grader.mistakes import SharedMistake, shared_mistakes
from grader.model import Frozen, Identity, Report

__all__ = ["SCHEMA", "Results", "read_results", "read_students", "results_json"]

SCHEMA = 1


class Results(Frozen, frozen=True):
    """The whole file."""

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
    mistakes: tuple[SharedMistake, ...] = ()
    """What several students share comes first."""
    isolation: str = ""
    """What students' code ran in: `strict` or `process`."""


def results_json(reports: Sequence[Report], lab: str, seed: int, isolation: str) -> str:
    """The reports, in the order given, as indented JSON with a final line feed."""
    results = Results(SCHEMA, __version__, lab, seed, tuple(reports), shared_mistakes(reports), isolation)
    return msgspec.json.format(msgspec.json.encode(results), indent=2).decode() + "\n"


def read_results(place: Path) -> Results:
    """The results of a run, from its folder or its `results.json`. Raises PathError where there are none."""
    path = place / "results.json" if place.is_dir() else place
    try:
        return msgspec.json.decode(path.read_bytes(), type=Results)
    except OSError as error:
        raise PathError(
            f"{path} cannot be read ({error.strerror}): grade first, or name the folder of results."
        ) from error
    except (msgspec.MsgspecError, UnicodeDecodeError) as error:
        raise PathError(f"{path} holds no results of this grader ({error}): grade again.") from error


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
