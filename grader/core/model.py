"""The frozen values every stage speaks: what was handed in, what was seen, what was judged.

A submission becomes sources, sources become observations, observations become findings,
findings become marks, marks become a report. No type here knows what a matrix is.
"""

from collections.abc import Iterable, Mapping
from enum import StrEnum
from pathlib import Path
from typing import TypeAlias

import msgspec
import numpy as np
import numpy.typing as npt

from grader import protocol
from grader.core.evidence import Answer, Claim, Excerpt, Picture, Witness

__all__ = [
    "CheckResult",
    "Comparison",
    "Diagnosis",
    "Died",
    "ExerciseReport",
    "Figure",
    "Finding",
    "Flag",
    "FlagKind",
    "FoundIn",
    "HandMark",
    "Identity",
    "LoadReport",
    "Observation",
    "Outcome",
    "Passage",
    "Place",
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
    """Our fault: pending, so that its marks are neither given nor taken; makes the run's exit status non-zero."""


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
    """The grader itself failed: pending until it is graded again or a person decides."""


class Identity(Frozen, frozen=True, omit_defaults=True, kw_only=True):
    """Who a student is to the systems around: what the download and the roster say. Empty: they do not say."""

    name: str = ""
    """The full name."""
    id: str = ""
    """The school's number: Moodle's ID number, Canvas's SIS user ID."""
    email: str = ""
    """The address."""
    group: str = ""
    """The group or section."""
    login: str = ""
    """The name they log in with."""
    moodle: str = ""
    """Moodle's participant number, the worksheet's `Participant 1234567`."""
    canvas: str = ""
    """Canvas's user ID."""
    github: str = ""
    """The user name on GitHub."""
    folder: str = ""
    """The folder's name in the download; in a flat download what the names of the student's files begin with,
    up to the last underscore before their own names."""
    flat: bool = False
    """Whether the download was flat: files named `folder` + own name instead of a folder."""


class Submission(Frozen, frozen=True):
    """What one student handed in.

    `student` is the roster's name for them where there is a roster, else the folder's or file's name as found.
    """

    student: str
    root: Path
    """The folder files are relative to."""
    files: tuple[Path, ...]
    """All files handed in, absolute, sorted."""
    notes: tuple[str, ...] = ()
    identity: Identity = Identity()
    origins: tuple[Path, ...] = ()
    """The folder, files or archive it was made of, where they were found; absolute."""
    given: Path | None = None
    """The path on the command line under which they were found; absolute."""


class Place(Frozen, frozen=True):
    """Where a line stands in what was handed in.

    `line` counts in the file, in the cell of a notebook or on the page of a PDF; `words` say which, without
    the file: `line 12`, `cell 3 line 7`, `page 1 line 20`.
    """

    file: str
    line: int
    words: str


class Passage(Frozen, frozen=True):
    """Text that is not code, with the place of each of its lines.

    `kind` is `prose` (a report), `comment` (comments and docstrings in code) or `output` (saved by a
    notebook, or shown in a report as what the code printed).
    """

    kind: str
    text: str
    places: tuple[Place, ...]


class Source(Frozen, frozen=True):
    """What was handed in, read but never executed: one file, or several put together.

    `lines[i]` is the line of the original file that line i + 1 of `code` came from; `places[i]` says more of
    it where a line number alone does not find it.
    """

    path: Path
    name: str
    code: str
    lines: tuple[int, ...]
    problem: str = ""
    """A sentence where the file holds no runnable code: what is wrong and where."""
    problem_line: int | None = None
    places: tuple[Place, ...] = ()
    passages: tuple[Passage, ...] = ()
    notes: tuple[str, ...] = ()
    """What the person marking should know about the reading."""
    unread: tuple[str, ...] = ()
    """Sentences about what only a person can read, such as a scanned page."""
    beside: tuple["Source", ...] = ()
    """Other programs handed in, run by themselves: what they state counts, what they define does not."""

    @property
    def text(self) -> str:
        """All that is written in words, also in comments: what a report says without code and output."""
        return "\n\n".join(passage.text for passage in self.passages if passage.kind != "output")

    def place(self, line: int) -> Place:
        """Where line `line` of `code`, counted from 1, stands in what was handed in."""
        if 0 < line <= len(self.places):
            return self.places[line - 1]
        original = self.lines[line - 1] if 0 < line <= len(self.lines) else line
        return Place(self.name, original, f"line {original}")


class Probe(Frozen, frozen=True):
    """One call a lab wants made: a function by its role, its arguments by their names on the sheet.

    Values are numpy arrays (sent as torch tensors of the same dtype), ints or floats. A parameter
    that is left out is left to the student's default. Every generator is seeded with `seed` first.
    Probes that differ only in `attempt` are made anew, to see whether a call repeats itself. `seconds`
    lowers the limit of CPU time for a call that takes a right solution a moment. `weight` says how many such
    calls it is worth where calls are counted.
    """

    function: str
    arguments: Mapping[str, npt.NDArray[np.generic] | int | float]
    seed: int
    attempt: int = 0
    seconds: float | None = None
    weight: int = 1


class Died(Frozen, frozen=True):
    """The worker ended during a call: `reason` is time, memory, exit, crash or protocol."""

    reason: str
    text: str


class Uncallable(Frozen, frozen=True):
    """The call could not be expressed with the student's parameters."""

    text: str


Observation: TypeAlias = protocol.Returned | protocol.Raised | Died | Uncallable


class FoundIn(StrEnum):
    """Where a stated value comes from."""

    VARIABLE = "variable"
    """A program that was run left it in a variable."""
    PRINTED = "printed"
    """A program that was run printed it."""
    WRITTEN = "written"
    """A report or a notebook's saved output states it."""
    RETURNED = "returned"
    """A function returned it."""


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
    """Where it was found, for people: `variable U`, `printed, line 3`, `report.md line 3`."""
    program: str = ""
    """The program of the submission that states it, where it is not the one that is graded."""
    found_in: FoundIn = FoundIn.WRITTEN
    """The same for programs."""

    @property
    def is_computed(self) -> bool:
        """Whether running a program of the submission gave it."""
        return self.found_in in (FoundIn.VARIABLE, FoundIn.PRINTED)


class StatementFailure(Frozen, frozen=True):
    """A top-level statement that was lost, and why. `line` counts in the original file."""

    line: int
    type_name: str
    text: str
    place: str = ""
    """Where it stands, in words: `line 12`, `cell 3 line 7`."""
    file: str = ""


class LoadReport(Frozen, frozen=True):
    """What came of executing the student's file."""

    source: Source | None
    functions: tuple[protocol.FunctionInfo, ...] = ()
    figures: tuple[Figure, ...] = ()
    failures: tuple[StatementFailure, ...] = ()
    printed: str = ""
    notes: tuple[str, ...] = ()
    problem: str = ""
    """A sentence where nothing could be executed at all."""


class Diagnosis(Frozen, frozen=True):
    """A named mistake. `verified` means: the mistake itself was run, and `evidence` says what came of it.

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
    """Whether it was run, as `evidence` says."""
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


class Comparison(Frozen, frozen=True):
    """Numbers that came back beside those that should have, in the same order: how near a wrong answer is."""

    observed: tuple[float, ...]
    """What came back."""
    expected: tuple[float, ...]
    """What should have come back."""

    @classmethod
    def of(cls, observed: Iterable[npt.ArrayLike], expected: Iterable[npt.ArrayLike]) -> "Comparison":
        """Compare arrays, such as U and V, entry by entry. The shapes are the lab's to compare."""
        first, second = (
            tuple(float(x) for array in arrays for x in np.ravel(array)) for arrays in (observed, expected)
        )
        return cls(first, second)


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
    power: str = ""
    """What wrong work would have had to meet by chance to pass as well."""
    call: str = ""
    """The call that shows it, to be pasted behind the student's code."""
    notes: tuple[str, ...] = ()
    """What to know about it though it costs nothing."""
    cost: str = ""
    """The id of a rubric line that says what a sound but different solution costs."""
    blocked_by: str | msgspec.UnsetType = msgspec.UNSET
    """The id of the check it waits for or follows, where it was not looked at; never written to results.json."""
    compared: Comparison | msgspec.UnsetType = msgspec.UNSET
    """The numbers behind `got` and `wanted`, from which a search for repairs sees how near a program came; never
    written to results.json."""


class CheckResult(Finding, frozen=True, kw_only=True):
    """A finding with the check it belongs to."""

    id: str
    """Which check it is; begins with the id of the exercise."""
    title: str
    """What must hold, in a sentence."""


class HandMark(Frozen, frozen=True, kw_only=True):
    """What a person gave for an exercise, or for one check of it; `marks` is None for a comment alone."""

    item: str
    """The id of the exercise or of the check."""
    marks: float | None = None
    """What was given; null for a comment alone."""
    comment: str = ""
    """What the student should read about it."""
    by: str = ""
    """Who marked."""
    when: str = ""
    """When, in local time."""


class ExerciseReport(Frozen, frozen=True):
    """One exercise, judged and marked."""

    id: str
    """Which exercise it is, such as `1.1`."""
    title: str
    """Its title."""
    marks: float
    """What was earned; where the verdict is manual or error, so far."""
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
    by_hand: tuple[HandMark, ...] = ()
    """Marks and comments by a person; they win over automatic ones."""
    automatic_marks: float | None = None
    """What the checks gave, where a person's marks stand instead."""
    answers: tuple[Answer, ...] = ()
    """What was written in words, for the person marking."""


class FlagKind(StrEnum):
    """Why an exercise's mark is not final."""

    LOOK = "look"
    """A person has to look."""
    FAILED = "failed"
    """The grader itself failed."""


class Flag(Frozen, frozen=True):
    """What the person marking has to know of one exercise; the sentence is made where it is shown."""

    kind: FlagKind
    """What it is about."""
    exercise: str
    """The id of the exercise."""


class Report(Frozen, frozen=True):
    """One student's result."""

    student: str
    """The name of the folder or file as it was found."""
    files: tuple[str, ...]
    """What was handed in, relative to the student's folder."""
    marks: float
    """The sum over all exercises; so far, where one is still open."""
    max_marks: float
    """What can be earned in all."""
    flags: tuple[str, ...]
    """What the person marking should look at."""
    seconds: float
    """How long it took; the only field that differs between runs."""
    exercises: tuple[ExerciseReport, ...]
    """Every exercise graded, in the lab's order."""
    identity: Identity = Identity()
    """Who the student is to the systems around."""
    style: tuple[str, ...] = ()
    """Notes on style, which never cost marks."""
    undecided: tuple[Flag, ...] | msgspec.UnsetType = msgspec.UNSET
    """Exercises whose marks are not final; in results.json these are sentences among the flags."""
