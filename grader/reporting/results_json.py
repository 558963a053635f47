"""`results.json`: the machine-readable result that others build on.

Deterministic: the same input, lab, seed and version give the same bytes apart from `seconds`.
"""

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Final

import msgspec

from grader import __version__
from grader.core.errors import PathError
from grader.core.frozen import Frozen
from grader.core.result import CheckResult, Report
from grader.core.submission import Identity
from grader.marking.common_mistakes import SharedMistake, shared_mistakes
from grader.reporting.wording import flag_sentences

__all__ = [
    "SCHEMA",
    "Results",
    "entry_json",
    "read_results",
    "read_students",
    "results_json",
    "results_pieces",
]

SCHEMA = 1

_NOBODY: Final = b'"submissions": [],'
_BEFORE: Final = b'"submissions": [\n'
_AFTER: Final = b"\n  ],"


class Results(Frozen, frozen=True):
    """The whole file."""

    schema: int
    """Increased if a field changes its meaning or is removed."""
    grader: str
    """The grader's version."""
    lab: str
    """The id of the lab."""
    seed: int
    """The seed of the matrices, masks and starts."""
    submissions: tuple[Report, ...]
    """Every graded student, sorted by name."""
    mistakes: tuple[SharedMistake, ...] = ()
    """Mistakes of the class, those that several students share first."""
    isolation: str = ""
    """The isolation level of student code: `strict` or `process`."""


def results_json(reports: Sequence[Report], lab: str, seed: int, isolation: str) -> str:
    """The reports, in the given order, as indented JSON with a final line feed."""
    pieces = results_pieces(map(entry_json, reports), shared_mistakes(reports), lab, seed, isolation)
    return b"".join(pieces).decode()


def entry_json(report: Report) -> bytes:
    """One student's entry, as it appears in the file."""
    lines = msgspec.json.format(msgspec.json.encode(_written(report)), indent=2).splitlines()
    return b"\n".join(b"    " + line for line in lines)


def _written(report: Report) -> Report:
    """The report without what only this run asks for."""
    exercises = tuple(
        msgspec.structs.replace(exercise, checks=tuple(map(_written_check, exercise.checks)))
        for exercise in report.exercises
    )
    return msgspec.structs.replace(
        report, exercises=exercises, flags=flag_sentences(report), undecided=msgspec.UNSET
    )


def _written_check(check: CheckResult) -> CheckResult:
    return msgspec.structs.replace(
        check,
        blocked_by=msgspec.UNSET,
        compared=msgspec.UNSET,
        remedy=msgspec.UNSET,
        is_placeholder=msgspec.UNSET,
    )


def results_pieces(
    entries: Iterable[bytes], mistakes: tuple[SharedMistake, ...], lab: str, seed: int, isolation: str
) -> Iterator[bytes]:
    """The whole file in pieces, so that a class is never in memory as a whole."""
    frame = Results(SCHEMA, __version__, lab, seed, (), mistakes, isolation)
    head, _, tail = msgspec.json.format(msgspec.json.encode(frame), indent=2).partition(_NOBODY)
    yield head
    empty = True
    for entry in entries:
        yield (_BEFORE if empty else b",\n") + entry
        empty = False
    yield _NOBODY if empty else _AFTER
    yield tail + b"\n"


def read_results(place: Path) -> Results:
    """The results of a run, from its folder or its `results.json`. Raises PathError if there are none."""
    path = place / "results.json" if place.is_dir() else place
    try:
        return msgspec.json.decode(path.read_bytes(), type=Results)
    except OSError as error:
        raise PathError(
            f"{path} cannot be read ({error.strerror}): grade first, or give the results folder."
        ) from error
    except (msgspec.MsgspecError, UnicodeDecodeError) as error:
        raise PathError(f"{path} contains no results of this grader ({error}): grade again.") from error


class _Student(Frozen, frozen=True):
    student: str
    identity: Identity = Identity()


class _Students(Frozen, frozen=True):
    submissions: tuple[_Student, ...]


def read_students(path: Path) -> tuple[tuple[str, Identity], ...]:
    """The graded students, from a run's `results.json`. Raises PathError if it cannot be read."""
    try:
        students = msgspec.json.decode(path.read_bytes(), type=_Students).submissions
    except OSError as error:
        raise PathError(
            f"{path} cannot be read ({error.strerror}): grade first, or give the results folder with --out."
        ) from error
    except msgspec.MsgspecError as error:
        raise PathError(f"{path} contains no results ({error}): grade again.") from error
    return tuple((each.student, each.identity) for each in students)
