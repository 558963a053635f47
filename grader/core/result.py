"""What was found and what it is worth: findings become check results, marks, and a report."""

from collections.abc import Iterable
from enum import StrEnum
from typing import Final

import msgspec
import numpy as np
import numpy.typing as npt

from grader.core.evidence import Answer, CheckedValue, Counterexample, Excerpt, Picture
from grader.core.frozen import Frozen
from grader.core.submission import Identity

__all__ = [
    "NOT_STARTED",
    "CheckResult",
    "Comparison",
    "Diagnosis",
    "ExerciseReport",
    "Finding",
    "Flag",
    "FlagKind",
    "HandMark",
    "Outcome",
    "Report",
    "Verdict",
]


NOT_STARTED: Final = "The starter file was handed in as it was: nothing is started yet."
"""The flag of a submission that has nothing of its own."""


class Outcome(StrEnum):
    """The outcome of a check."""

    PASS = "pass"
    """The condition holds."""
    FAIL = "fail"
    """The condition does not hold."""
    SKIPPED = "skipped"
    """A check it needs did not pass."""
    FOLLOWS = "follows"
    """The result is wrong, and it is exactly what the student's own function of an earlier exercise gives."""
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
    FOLLOWS = "follows"
    """All that is wrong follows from an earlier exercise."""
    MISSING = "missing"
    """Nothing was handed in for the exercise."""
    MANUAL = "manual"
    """A person has to look before the mark is final."""
    ERROR = "error"
    """The grader itself failed: open until the work is graded again or a person decides."""


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
    counterexample: Counterexample | None = msgspec.field(default=None, name="witness")
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
    """The id of the check it waits for, if it was not run itself, or of the exercise it follows from; never written to
    results.json."""
    compared: Comparison | msgspec.UnsetType = msgspec.UNSET
    """The numbers behind `got` and `wanted`; they show the search for repairs how near a program came. Never written
    to results.json."""
    remedy: str | msgspec.UnsetType = msgspec.UNSET
    """What to do first where the work is there and could not be read or run; never written to results.json."""
    is_placeholder: bool | msgspec.UnsetType = msgspec.UNSET
    """Whether the work is still the placeholder of the starter file; never written to results.json."""


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
    checked_values: tuple[CheckedValue, ...] = msgspec.field(default=(), name="claims")
    """Stated values that belong to this exercise."""
    pictures: tuple[Picture, ...] = ()
    """Pictures."""
    by_hand: tuple[HandMark, ...] = ()
    """Marks and comments by a person; they override automatic ones."""
    automatic_marks: float | None = None
    """The automatic marks, if a person's marks replace them."""
    answers: tuple[Answer, ...] = ()
    """Written answers, for the person marking."""


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
    undecided: tuple[Flag, ...] | msgspec.UnsetType = msgspec.UNSET
    """Exercises whose marks are not final; in results.json these are sentences among the flags."""
