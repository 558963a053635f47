"""The frozen values that every stage uses: what was submitted, observed and judged.

A submission becomes sources, sources become observations, observations become findings, findings become
marks, marks become a report. No type here knows what a matrix is.
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
    """The outcome of a check."""

    PASS = "pass"
    """The condition holds."""
    FAIL = "fail"
    """The condition does not hold."""
    SKIPPED = "skipped"
    """A check it needs did not pass."""
    MISSING = "missing"
    """The student handed in nothing for this check."""
    MANUAL = "manual"
    """A person has to look."""
    ERROR = "error"
    """The grader failed: the check stays open and neither adds nor costs marks; the run's exit status is
    non-zero."""


class Verdict(StrEnum):
    """The verdict on an exercise."""

    FULL = "full"
    """All marks."""
    PARTIAL = "partial"
    """Some of the marks."""
    NONE = "none"
    """No marks, although something was handed in."""
    MISSING = "missing"
    """Nothing was handed in for the exercise."""
    MANUAL = "manual"
    """A person has to look before the mark is final."""
    ERROR = "error"
    """The grader itself failed: open until the work is graded again or a person decides."""


class Identity(Frozen, frozen=True, omit_defaults=True, kw_only=True):
    """A student's identity in other systems, from the download and the roster. Fields they do not give are
    empty."""

    name: str = ""
    """The full name."""
    id: str = ""
    """The school's number: Moodle's ID number, Canvas's SIS user ID."""
    email: str = ""
    """The email address."""
    group: str = ""
    """The group or section."""
    login: str = ""
    """The login name."""
    moodle: str = ""
    """Moodle's participant number, as in the worksheet's `Participant 1234567`."""
    canvas: str = ""
    """Canvas's user ID."""
    github: str = ""
    """The user name on GitHub."""
    folder: str = ""
    """The folder's name in the download; in a flat download, the prefix of the student's file names, up to
    the last underscore before the files' own names."""
    flat: bool = False
    """Whether the download was flat: files named `folder` + own name instead of a folder."""


class Submission(Frozen, frozen=True):
    """One student's submission.

    `student` is the roster's name if there is a roster, otherwise the folder's or file's name as found.
    """

    student: str
    root: Path
    """The folder that file paths are relative to."""
    files: tuple[Path, ...]
    """All submitted files, absolute, sorted."""
    notes: tuple[str, ...] = ()
    identity: Identity = Identity()
    origins: tuple[Path, ...] = ()
    """The original folder, files or archive, where they were found; absolute."""
    given: Path | None = None
    """The path on the command line under which they were found; absolute."""


class Place(Frozen, frozen=True):
    """The location of a line in the submission.

    `line` counts in the file, in the cell of a notebook or on the page of a PDF; `words` give the location
    without the file: `line 12`, `cell 3 line 7`, `page 1 line 20`.
    """

    file: str
    line: int
    words: str


class Passage(Frozen, frozen=True):
    """Text that is not code, with the location of each of its lines.

    `kind` is `prose` (a report), `comment` (comments and docstrings in code) or `output` (saved by a
    notebook, or shown in a report as what the code printed).
    """

    kind: str
    text: str
    places: tuple[Place, ...]


class Source(Frozen, frozen=True):
    """A submission as read, never executed: one file, or several combined.

    `lines[i]` is the line of the original file that line i + 1 of `code` came from; `places[i]` gives the
    location in full if a line number alone does not identify it.
    """

    path: Path
    name: str
    code: str
    lines: tuple[int, ...]
    problem: str = ""
    """A sentence if the file contains no runnable code: what is wrong and where."""
    problem_line: int | None = None
    places: tuple[Place, ...] = ()
    passages: tuple[Passage, ...] = ()
    notes: tuple[str, ...] = ()
    """What the person marking should know about how the files were read."""
    unread: tuple[str, ...] = ()
    """Sentences about content that only a person can read, such as a scanned page."""
    beside: tuple["Source", ...] = ()
    """Other submitted programs, run separately: the values they state count, their definitions do not."""

    @property
    def text(self) -> str:
        """All text in words, including comments: what a report says without code and output."""
        return "\n\n".join(passage.text for passage in self.passages if passage.kind != "output")

    def place(self, line: int) -> Place:
        """The location in the submission of line `line` of `code`, counted from 1."""
        if 0 < line <= len(self.places):
            return self.places[line - 1]
        original = self.lines[line - 1] if 0 < line <= len(self.lines) else line
        return Place(self.name, original, f"line {original}")


class Probe(Frozen, frozen=True):
    """One call that a lab asks for: a function by its role, its arguments by their names on the sheet.

    Values are numpy arrays (sent as torch tensors of the same dtype), ints or floats. A parameter that is
    left out keeps the student's default. Every generator is seeded with `seed` first. Probes that differ only
    in `attempt` are made separately, to see whether a call is repeatable. `seconds` lowers the CPU limit for
    a call that takes a correct solution only a moment. `weight` is the number of such calls that it counts
    for.
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


class Figure(Frozen, frozen=True):
    """A number or matrix that a student states.

    `values` has shape (), (n,) or (m, n), float64. `half_width` is the largest distance between the stated
    and the intended value: half a unit of the last printed digit, or 0 for a variable.
    """

    values: npt.NDArray[np.float64]
    half_width: float
    name: str
    """The variable's name, or the words printed before the value."""
    origin: str
    """Its origin, e.g. `variable U` or `printed, line 3`."""
    program: str = ""
    """The program of the submission that states it, if that is not the graded one."""


class StatementFailure(Frozen, frozen=True):
    """A top-level statement that could not be executed, and why. `line` counts in the original file."""

    line: int
    type_name: str
    text: str
    place: str = ""
    """Its location, in words: `line 12`, `cell 3 line 7`."""
    file: str = ""


class LoadReport(Frozen, frozen=True):
    """The result of executing the student's file."""

    source: Source | None
    functions: tuple[protocol.FunctionInfo, ...] = ()
    figures: tuple[Figure, ...] = ()
    failures: tuple[StatementFailure, ...] = ()
    printed: str = ""
    notes: tuple[str, ...] = ()
    problem: str = ""
    """A sentence if nothing at all could be executed."""


class Diagnosis(Frozen, frozen=True):
    """A named mistake. `verified` means that the mistake itself was run; `evidence` gives the result.

    `file` and `line` are the location in the original file; `place` gives it in words if a line number alone
    does not identify it (`cell 3 line 7`).
    """

    id: str
    """The id of the mistake, for programs."""
    title: str
    """The mistake, in a sentence."""
    message: str
    """The evidence for it, and what to do."""
    file: str = ""
    """The student's file."""
    line: int | None = None
    """Line in that file, from 1."""
    verified: bool = False
    """Whether it was run, as `evidence` describes."""
    place: str = ""
    """The location in words, if a line number alone does not identify it."""
    concept: str = ""
    """The idea to revise, in a few words."""
    question: str = ""
    """A question that leads to the mistake without revealing it."""
    excerpt: Excerpt | None = None
    """The student's own lines around the location."""
    witness: Witness | None = None
    """The smallest input found that shows the mistake."""
    repair: str = ""
    """A unified diff that repairs it, only for the person marking."""
    evidence: str = ""
    """What was run to prove it."""


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
    """The finding of one check, in words that a student can act on."""

    outcome: Outcome
    """The outcome."""
    message: str = ""
    """What was observed, in a sentence."""
    got: str = ""
    """The observed value."""
    wanted: str = ""
    """The expected value."""
    tolerance: str = ""
    """How far apart the two may be, and why."""
    power: str = ""
    """What wrong work would have had to match by chance in order to pass."""
    call: str = ""
    """The call that shows it, to paste below the student's code."""
    notes: tuple[str, ...] = ()
    """Remarks that do not affect the marks."""
    cost: str = ""
    """The id of a rubric line that says what a correct solution that differs from the sheet costs."""
    blocked_by: str | msgspec.UnsetType = msgspec.UNSET
    """The id of the check it waits for or follows, if it was not run itself; never written to results.json."""
    compared: Comparison | msgspec.UnsetType = msgspec.UNSET
    """The numbers behind `got` and `wanted`; they show the search for repairs how near a program came. Never written
    to results.json."""


class CheckResult(Finding, frozen=True, kw_only=True):
    """A finding with its check."""

    id: str
    """The id of the check; begins with the id of the exercise."""
    title: str
    """The condition that must hold, in a sentence."""


class HandMark(Frozen, frozen=True, kw_only=True):
    """A person's marks for an exercise or for one of its checks; `marks` is None for a comment alone."""

    item: str
    """The id of the exercise or of the check."""
    marks: float | None = None
    """The marks; null for a comment alone."""
    comment: str = ""
    """A comment for the student."""
    by: str = ""
    """The person who marked."""
    when: str = ""
    """The local time of marking."""


class ExerciseReport(Frozen, frozen=True):
    """One exercise, judged and marked."""

    id: str
    """The id of the exercise, such as `1.1`."""
    title: str
    """Its title."""
    marks: float
    """Marks earned; so far, if the verdict is manual or error."""
    max_marks: float
    """Marks available."""
    verdict: Verdict
    """The verdict."""
    asked: str = ""
    """What the sheet asks for, in one or two sentences."""
    next_step: str = ""
    """What to do next, in one sentence; empty if nothing is left to do."""
    notes: tuple[str, ...] = ()
    """Remarks, for example about a correct approach that differs from the sheet."""
    diagnoses: tuple[Diagnosis, ...] = ()
    """Named mistakes."""
    checks: tuple[CheckResult, ...] = ()
    """Every check, in order."""
    claims: tuple[Claim, ...] = ()
    """Stated values that belong to this exercise."""
    pictures: tuple[Picture, ...] = ()
    """Pictures."""
    by_hand: tuple[HandMark, ...] = ()
    """Marks and comments by a person; they override automatic ones."""
    automatic_marks: float | None = None
    """The automatic marks, if a person's marks replace them."""
    answers: tuple[Answer, ...] = ()
    """Written answers, for the person marking."""


class Report(Frozen, frozen=True):
    """One student's result."""

    student: str
    """The name of the folder or file as found."""
    files: tuple[str, ...]
    """The submitted files, relative to the student's folder."""
    marks: float
    """The sum over all exercises; so far, if one is still open."""
    max_marks: float
    """Marks available in total."""
    flags: tuple[str, ...]
    """What the person marking should check."""
    seconds: float
    """Seconds that grading took; the only field that differs between runs."""
    exercises: tuple[ExerciseReport, ...]
    """Every graded exercise, in the lab's order."""
    identity: Identity = Identity()
    """The student's identity in other systems."""
    style: tuple[str, ...] = ()
    """Notes on style, which never cost marks."""
