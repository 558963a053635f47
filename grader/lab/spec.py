"""What a lab supplies. A lab is data and pure functions; the grader runs it without knowing its subject.

A check asks its `Bench` for observations and answers with a finding. It is given only the bench, so
everything it decides, it decides in the parent process from plain arrays.
"""

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Literal, Protocol

import msgspec

from grader.core.evidence import Answer, Claim, Picture, Witness
from grader.core.model import (
    CheckResult,
    Diagnosis,
    Figure,
    Finding,
    Frozen,
    LoadReport,
    Observation,
    Probe,
)
from grader.lab.learned import Learned

__all__ = [
    "Bench",
    "Binding",
    "Check",
    "Demonstration",
    "Exercise",
    "ExerciseRubric",
    "Function",
    "Kit",
    "Lab",
    "Located",
    "Parameter",
    "Rubric",
    "Slot",
]


class Parameter(Frozen, frozen=True):
    """A parameter as the sheet names it, with other names students give it.

    `default` is what the sheet prescribes; None where the caller always supplies a value. What `is_array` is not
    taken for a parameter of the student's that has a number for its default.
    """

    name: str
    aliases: tuple[str, ...] = ()
    default: int | float | None = None
    is_array: bool = False


class Function(Frozen, frozen=True):
    """A function the sheet asks for. `optional` parameters may be absent from a student's version.

    Where no name fits, every function of fitting arity is tried: the one whose answer to `trial` is
    recognised by `recognise` is taken. `mistaken` recognises the answer of one that tries to do the same and fails.
    """

    name: str
    parameters: tuple[Parameter, ...]
    aliases: tuple[str, ...] = ()
    optional: tuple[str, ...] = ()
    trial: Probe | None = None
    recognise: Callable[[Observation], bool] | None = None
    mistaken: Callable[[Observation], bool] | None = None
    options: tuple[str, ...] = ()
    """Words, in lower case, that name parameters students add for themselves, such as `momentum`; they stay at the
    student's default. A word of the sheet's own parameters never counts as one."""
    arrays: Literal["torch", "numpy"] = "torch"
    """What the arrays of a probe become in the student's process."""


class Slot(Frozen, frozen=True):
    """One parameter of the student's and the sheet's parameter it stands for."""

    theirs: str
    ours: str
    kind: str
    has_default: bool
    by_name: bool = False
    """Whether it stands behind a parameter of the student's own, which stays at its default."""


class Binding(Frozen, frozen=True):
    """How to call one student function: which of the sheet's parameters goes where."""

    slots: tuple[Slot, ...] = ()
    """In the student's order."""
    variadic: tuple[str, ...] = ()
    """The sheet's parameters that a `*args` of the student's takes, in the sheet's order."""
    by_keyword: tuple[str, ...] = ()
    """The sheet's parameters that a `**kwargs` of the student's takes."""
    missing: tuple[str, ...] = ()
    """The sheet's parameters that the student's function does not take."""
    extra: tuple[str, ...] = ()
    """Parameters of the student's that must be given but that the sheet does not know."""
    taken: tuple[str, ...] = ()
    """The sheet's names of all parameters the student's function takes."""
    without_default: frozenset[str] = frozenset()
    """Those of them the student gave no default."""


class Located(Frozen, frozen=True):
    """A student's function taken for one the sheet asks for."""

    name: str
    line: int
    notes: tuple[str, ...] = ()
    binding: Binding = Binding()
    """How it is called."""
    defaults: tuple[tuple[str, str], ...] = ()
    """The sheet's names with the student's default values, as Python writes them."""
    place: str = ""
    """Where it is defined, in words: `line 12`, `cell 3 line 7`."""
    file: str = ""
    made_with: tuple[str, ...] | None = None
    """Where it is a method of a class made anew for each call: the student's names of what that is made with."""
    shared: tuple[str, ...] = ()
    """Those of them that the method takes as well."""
    arrays: Literal["torch", "numpy"] = "torch"
    """What it is given for a matrix."""

    @property
    def parameters(self) -> tuple[str, ...]:
        """The sheet's names of the parameters the student's function takes."""
        return self.binding.taken

    @property
    def names(self) -> tuple[tuple[str, str], ...]:
        """The sheet's names with the student's."""
        return tuple((slot.ours, slot.theirs) for slot in self.binding.slots)


class Bench(Protocol):
    """Where a check makes its observations. Every observation is made once and remembered."""

    @property
    def loaded(self) -> LoadReport:
        """What came of executing the student's file."""

    @property
    def figures(self) -> tuple[Figure, ...]:
        """Every number and matrix the student states."""

    @property
    def learned(self) -> Learned:
        """What checks learned about the submission so far."""

    def locate(self, function: Function) -> Located | None:
        """The student's version of a function, or None."""

    def attempt(self, function: Function) -> Located | None:
        """The student's version, else one that is `mistaken`, which is their version from then on."""

    def expect(self, probes: Sequence[Probe]) -> None:
        """Announce calls that will most likely all be asked for, in this order: they may be made together."""

    def observe(self, probe: Probe) -> Observation:
        """Make one call in the worker."""


class Check(Frozen, frozen=True):
    """One thing that must hold. The title is the sentence the student reads.

    `needs` names checks of the same exercise that must have passed, else this one is skipped.
    Where all of `implied_by` passed, this one holds too and is not run.
    """

    id: str
    title: str
    run: Callable[[Bench], Finding]
    needs: tuple[str, ...] = ()
    implied_by: tuple[str, ...] = ()
    tolerance: str = ""
    """What is tolerated, in a few words, for those who read the lab."""


def _no_flags(bench: Bench, checks: Mapping[str, tuple[CheckResult, ...]]) -> tuple[str, ...]:
    return ()


def _no_claims(bench: Bench) -> tuple[Claim, ...]:
    return ()


def _no_answers(bench: Bench) -> tuple[Answer, ...]:
    return ()


def _no_pictures(bench: Bench, results: tuple[CheckResult, ...]) -> tuple[Picture, ...]:
    return ()


def _no_witness(bench: Bench, results: tuple[CheckResult, ...]) -> Witness | None:
    return None


class Exercise(Frozen, frozen=True):
    """One exercise of the sheet.

    `diagnose` is given the finished checks of the exercise and names mistakes it can prove. `claims` lists
    the figures stated with what became of checking them; `illustrate` draws what pictures say best; `answers`
    quotes what was written in words, for the person who marks it.
    """

    id: str
    title: str
    asked: str
    checks: tuple[Check, ...]
    diagnose: Callable[[Bench, tuple[CheckResult, ...]], tuple[Diagnosis, ...]]
    advice: Callable[[tuple[CheckResult, ...]], str]
    """One next step, in a sentence, for the checks as they came out; empty when nothing is left to do."""
    claims: Callable[[Bench], tuple[Claim, ...]] = _no_claims
    illustrate: Callable[[Bench, tuple[CheckResult, ...]], tuple[Picture, ...]] = _no_pictures
    witness: Callable[[Bench, tuple[CheckResult, ...]], Witness | None] = _no_witness
    """The smallest input on which a failed exercise's answer differs from the right one."""
    answers: Callable[[Bench], tuple[Answer, ...]] = _no_answers
    functions: tuple[str, ...] = ()
    """Names of the functions the exercise is about, for a check of functions without a file."""


class ExerciseRubric(Frozen, frozen=True):
    """What an exercise is worth and how its marks are spread over its checks."""

    marks: float
    checks: dict[str, float]


class Rubric(Frozen, frozen=True):
    """Marks as data. `costs` says what a sound but different solution loses, `caps` the most that an exercise can earn where
    a check did not pass; both as shares of its mark.
    """

    exercises: dict[str, ExerciseRubric]
    costs: dict[str, float]
    caps: dict[str, float] = msgspec.field(default_factory=dict)


class Demonstration(Frozen, frozen=True):
    """One published number of the lab, recomputed."""

    name: str
    published: str
    computed: str
    holds: bool


def _no_numbers() -> tuple[Demonstration, ...]:
    return ()


class Kit(Frozen, frozen=True):
    """What students are given to begin with and to check themselves.

    `starter` is the file they fill in. `leave_out` names the modules of the lab's package that hold a
    solution, such as `solution`; nothing the checks need may import them.
    """

    starter: Path
    leave_out: tuple[str, ...] = ()


class Lab(Frozen, frozen=True):
    """A lab put together. `exercises(seed)` draws its matrices, masks and starts from the seed."""

    id: str
    title: str
    seed: int
    functions: tuple[Function, ...]
    exercises: Callable[[int], tuple[Exercise, ...]]
    rubric: Rubric
    demonstrate: Callable[[], tuple[Demonstration, ...]] = _no_numbers
    """Recompute the lab's own published numbers; may take a few seconds."""
    compare: Callable[[Bench, Mapping[str, tuple[CheckResult, ...]]], tuple[str, ...]] = _no_flags
    """Sentences for the person marking about answers of different exercises that cannot belong together, given
    the checks of each exercise by its id."""
    kit: Kit | None = None
