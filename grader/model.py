"""The frozen values every stage speaks: what was handed in, what was seen, what was judged.

A submission becomes sources, sources become observations, observations become findings,
findings become marks, marks become a report. No type here knows what a matrix is.
"""

from collections.abc import Mapping
from enum import StrEnum
from pathlib import Path
from typing import TypeAlias

import msgspec
import numpy as np
import numpy.typing as npt

from grader import wire
from grader.evidence import Claim, Excerpt, Picture, Witness

__all__ = [
    "CheckResult",
    "Diagnosis",
    "Died",
    "ExerciseReport",
    "Figure",
    "Finding",
    "LoadReport",
    "Observation",
    "Outcome",
    "Probe",
    "Report",
    "Source",
    "StatementFailure",
    "Submission",
    "Uncallable",
    "Verdict",
]


class Frozen(msgspec.Struct, frozen=True):
    """Base of all values: immutable and slotted."""


class Outcome(StrEnum):
    """What a check found."""

    PASS = "pass"
    """It holds."""
    FAIL = "fail"
    """It does not hold."""
    SKIPPED = "skipped"
    """A check it needs did not pass."""
    MISSING = "missing"
    """Nothing was handed in that this check could look at."""
    MANUAL = "manual"
    """A person must look."""
    ERROR = "error"
    """Our fault: costs no mark, is flagged, and makes the run's exit status non-zero."""


class Verdict(StrEnum):
    """What an exercise earned."""

    FULL = "full"
    """All marks."""
    PARTIAL = "partial"
    """Some of the marks."""
    NONE = "none"
    """No marks, though something was handed in."""
    MISSING = "missing"
    """Nothing was handed in for it."""
    MANUAL = "manual"
    """A person must look before the mark is final."""
    ERROR = "error"
    """The grader itself failed; the marks are no judgement of the work."""


class Submission(Frozen, frozen=True):
    """What one student handed in. `student` is the folder's or file's name as found."""

    student: str
    root: Path
    """The folder files are relative to."""
    files: tuple[Path, ...]
    """All files handed in, absolute, sorted."""
    notes: tuple[str, ...] = ()


class Source(Frozen, frozen=True):
    """One file, read but never executed.

    `lines[i]` is the line of the original file that line i + 1 of `code` came from.
    """

    path: Path
    name: str
    code: str
    lines: tuple[int, ...]
    problem: str = ""
    """A sentence where the file holds no runnable code: what is wrong and where."""
    problem_line: int | None = None


class Probe(Frozen, frozen=True):
    """One call a lab wants made: a function by its role, its arguments by their names on the sheet.

    Values are numpy arrays (sent as torch tensors of the same dtype), ints or floats. A parameter
    that is left out is left to the student's default. Every generator is seeded with `seed` first.
    Probes that differ only in `attempt` are made anew, to see whether a call repeats itself. `seconds`
    lowers the limit of CPU time for a call that takes a right solution a moment.
    """

    function: str
    arguments: Mapping[str, npt.NDArray[np.generic] | int | float]
    seed: int
    attempt: int = 0
    seconds: float | None = None


class Died(Frozen, frozen=True):
    """The worker ended during a call: `reason` is time, memory, exit, crash or protocol."""

    reason: str
    text: str


class Uncallable(Frozen, frozen=True):
    """The call could not be expressed with the student's parameters."""

    text: str


Observation: TypeAlias = wire.Returned | wire.Raised | Died | Uncallable


class Figure(Frozen, frozen=True):
    """A number or matrix a student states.

    `values` has shape (), (n,) or (m, n), float64. `half_width` is the largest distance between what
    is stated and what was meant: half a unit of the last printed digit, or 0 for a variable.
    """

    values: npt.NDArray[np.float64]
    half_width: float
    name: str
    """The variable's name, or the words printed before the figure."""
    origin: str
    """Where it was found, e.g. `variable U` or `printed, line 3`."""


class StatementFailure(Frozen, frozen=True):
    """A top-level statement that was lost, and why. `line` counts in the original file."""

    line: int
    type_name: str
    text: str


class LoadReport(Frozen, frozen=True):
    """What came of executing the student's file."""

    source: Source | None
    functions: tuple[wire.FunctionInfo, ...] = ()
    figures: tuple[Figure, ...] = ()
    failures: tuple[StatementFailure, ...] = ()
    printed: str = ""
    notes: tuple[str, ...] = ()
    problem: str = ""
    """A sentence where nothing could be executed at all."""


class Diagnosis(Frozen, frozen=True):
    """A named mistake. `verified` means: running this very mistake gives what the student's code gave.

    `file` and `line` are the place in the original file; `place` says it in words where a line alone
    does not find it (`cell 3 line 7`).
    """

    id: str
    """Which mistake it is, for programs."""
    title: str
    """The mistake, in a sentence."""
    message: str
    """What shows it, and what to do."""
    file: str = ""
    """The student's file."""
    line: int | None = None
    """Line in that file, from 1."""
    verified: bool = False
    """Whether running this very mistake gave what the student's code gave."""
    place: str = ""
    """The place in words, where a line alone does not find it."""
    concept: str = ""
    """The idea to teach again, in a few words."""
    question: str = ""
    """A question that leads to the mistake without telling it."""
    excerpt: Excerpt | None = None
    """The student's own lines around the place."""
    witness: Witness | None = None
    """The smallest input found on which it shows."""
    repair: str = ""
    """A unified diff that mends it, for the person marking only."""
    evidence: str = ""
    """What was run to be sure of it."""


class Finding(Frozen, frozen=True):
    """What one check found, in words a student can act on."""

    outcome: Outcome
    """What became of it."""
    message: str = ""
    """What was seen, in a sentence."""
    got: str = ""
    """What came back."""
    wanted: str = ""
    """What should have come back."""
    tolerance: str = ""
    """How far apart they may be, and why."""
    call: str = ""
    """The call that shows it, to be pasted behind the student's code."""
    notes: tuple[str, ...] = ()
    """What to know about it though it costs nothing."""
    cost: str = ""
    """The id of a rubric line that says what a sound but different solution costs."""


class CheckResult(Finding, frozen=True, kw_only=True):
    """A finding with the check it belongs to."""

    id: str
    """Which check it is; begins with the id of the exercise."""
    title: str
    """What must hold, in a sentence."""


class ExerciseReport(Frozen, frozen=True):
    """One exercise, judged and marked."""

    id: str
    """Which exercise it is, such as `1.1`."""
    title: str
    """Its title."""
    marks: float
    """What was earned."""
    max_marks: float
    """What can be earned."""
    verdict: Verdict
    """What it comes to."""
    asked: str = ""
    """What the sheet asks for, in a sentence or two."""
    next_step: str = ""
    """One sentence: what to do next; empty where nothing is left to do."""
    notes: tuple[str, ...] = ()
    """What to know about it, such as a sound way that is not the sheet's."""
    diagnoses: tuple[Diagnosis, ...] = ()
    """Mistakes by their names."""
    checks: tuple[CheckResult, ...] = ()
    """Every check, in order."""
    claims: tuple[Claim, ...] = ()
    """Figures stated that belong to this exercise."""
    pictures: tuple[Picture, ...] = ()
    """What pictures say best."""
    comment: str = ""
    """What the person marking wrote about this exercise."""


class Report(Frozen, frozen=True):
    """One student's result."""

    student: str
    """The name of the folder or file as it was found."""
    files: tuple[str, ...]
    """What was handed in, relative to the student's folder."""
    marks: float
    """The sum over all exercises."""
    max_marks: float
    """What can be earned in all."""
    flags: tuple[str, ...]
    """What the person marking should look at."""
    seconds: float
    """How long it took; the only field that differs between runs."""
    exercises: tuple[ExerciseReport, ...]
    """Every exercise graded, in the lab's order."""
    style: tuple[str, ...] = ()
    """Notes on style, which never cost marks."""
    comment: str = ""
    """What the person marking wrote about the whole."""
