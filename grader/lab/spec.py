"""What a lab supplies. A lab is data and pure functions; the grader runs it without knowing its subject.

A check asks its `Bench` for observations and answers with a finding. It gets only the bench, so it makes
every decision in the parent process, from plain arrays.
"""

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Literal, Protocol

import msgspec

from grader.core.evidence import Answer, CheckedValue, Counterexample, Picture
from grader.core.frozen import Frozen
from grader.core.observation import LoadReport, Observation, Probe, StatedValue
from grader.core.result import CheckResult, Diagnosis, Finding
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
    """A parameter as the sheet names it, with other names that students use.

    `default` is the sheet's default; None if the caller always supplies a value. A parameter that `is_array`
    is never matched with a student's parameter whose default is a number.
    """

    name: str
    aliases: tuple[str, ...] = ()
    default: int | float | None = None
    is_array: bool = False


class Function(Frozen, frozen=True):
    """A function that the sheet asks for. `optional` parameters may be absent from a student's version.

    If no name fits, every function of suitable arity is tried: the one whose answer to `trial` satisfies
    `recognise` is used. `mistaken` recognises the answer of a function that attempts the same and fails.
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
    """The array type that the student's process receives."""
    considered_last: tuple[str, ...] = ()
    """Names of other functions of the sheet that behave alike: taken only if no other function does."""


class Slot(Frozen, frozen=True):
    """A parameter of the student's and the sheet's parameter that it stands for."""

    theirs: str
    ours: str
    kind: str
    has_default: bool
    by_name: bool = False
    """Whether it comes after a parameter of the student's own, which keeps its default."""


class Binding(Frozen, frozen=True):
    """How to call one student function: where each of the sheet's parameters goes."""

    slots: tuple[Slot, ...] = ()
    """In the student's order."""
    variadic: tuple[str, ...] = ()
    """The sheet's parameters that the student's `*args` takes, in the sheet's order."""
    by_keyword: tuple[str, ...] = ()
    """The sheet's parameters that the student's `**kwargs` takes."""
    missing: tuple[str, ...] = ()
    """The sheet's parameters that the student's function does not take."""
    extra: tuple[str, ...] = ()
    """Parameters of the student's that are required but are not on the sheet."""
    taken: tuple[str, ...] = ()
    """The sheet's names of all parameters that the student's function takes."""
    without_default: frozenset[str] = frozenset()
    """Those of them for which the student gave no default."""


class Located(Frozen, frozen=True):
    """A student's function that was identified as one the sheet asks for."""

    name: str
    line: int
    notes: tuple[str, ...] = ()
    binding: Binding = Binding()
    """How to call it."""
    defaults: tuple[tuple[str, str], ...] = ()
    """The sheet's names with the student's default values, in Python notation."""
    place: str = ""
    """Where it is defined, in words: `line 12`, `cell 3 line 7`."""
    file: str = ""
    made_with: tuple[str, ...] | None = None
    """For a method of a class that is created anew for each call: the student's names of the constructor's
    parameters."""
    shared: tuple[str, ...] = ()
    """Those of them that the method takes as well."""
    arrays: Literal["torch", "numpy"] = "torch"
    """What it is given for a matrix."""

    @property
    def parameters(self) -> tuple[str, ...]:
        """The sheet's names of the parameters that the student's function takes."""
        return self.binding.taken

    @property
    def names(self) -> tuple[tuple[str, str], ...]:
        """The sheet's names with the student's names."""
        return tuple((slot.ours, slot.theirs) for slot in self.binding.slots)


class Bench(Protocol):
    """Where a check makes its observations. Every observation is made once and stored."""

    @property
    def loaded(self) -> LoadReport:
        """The result of executing the student's file."""

    @property
    def stated_values(self) -> tuple[StatedValue, ...]:
        """Every number and matrix that the student states."""

    @property
    def learned(self) -> Learned:
        """What checks learned about the submission so far."""

    def locate(self, function: Function) -> Located | None:
        """The student's version of a function, or None."""

    def attempt(self, function: Function) -> Located | None:
        """The student's version, otherwise one that is `mistaken`, which is the student's version from then
        on."""

    def expect(self, probes: Sequence[Probe]) -> None:
        """Announce calls that will probably all be needed, in this order, so that they may be made together."""

    def observe(self, probe: Probe) -> Observation:
        """Make one call in the worker."""


class Check(Frozen, frozen=True):
    """One condition that must hold. The title is the sentence that the student reads.

    `needs` names checks of the same exercise that must pass, otherwise this one is skipped. If all of
    `implied_by` passed, this check holds too and is not run.
    """

    id: str
    title: str
    run: Callable[[Bench], Finding]
    needs: tuple[str, ...] = ()
    implied_by: tuple[str, ...] = ()
    tolerance: str = ""
    """The tolerance in a few words, for readers of the lab."""


def _no_flags(bench: Bench, checks: Mapping[str, tuple[CheckResult, ...]]) -> tuple[str, ...]:
    return ()


def _no_checked_values(bench: Bench) -> tuple[CheckedValue, ...]:
    return ()


def _no_answers(bench: Bench) -> tuple[Answer, ...]:
    return ()


def _no_pictures(bench: Bench, results: tuple[CheckResult, ...]) -> tuple[Picture, ...]:
    return ()


def _no_counterexample(bench: Bench, results: tuple[CheckResult, ...]) -> Counterexample | None:
    return None


class Exercise(Frozen, frozen=True):
    """One exercise of the sheet.

    `diagnose` gets the finished checks of the exercise and names mistakes that it can prove. `claims` lists
    the stated values with the result of checking each; `illustrate` draws pictures; `answers` quotes written
    answers for the person marking.
    """

    id: str
    title: str
    asked: str
    checks: tuple[Check, ...]
    diagnose: Callable[[Bench, tuple[CheckResult, ...]], tuple[Diagnosis, ...]]
    advice: Callable[[tuple[CheckResult, ...]], str]
    """One next step, in a sentence, given the finished checks; empty if nothing is left to do."""
    checked_values: Callable[[Bench], tuple[CheckedValue, ...]] = _no_checked_values
    illustrate: Callable[[Bench, tuple[CheckResult, ...]], tuple[Picture, ...]] = _no_pictures
    counterexample: Callable[[Bench, tuple[CheckResult, ...]], Counterexample | None] = _no_counterexample
    """The smallest input on which the result of a failed exercise differs from the correct one."""
    answers: Callable[[Bench], tuple[Answer, ...]] = _no_answers
    functions: tuple[str, ...] = ()
    """Names of the functions that the exercise is about, to check functions without a file."""


class ExerciseRubric(Frozen, frozen=True):
    """The marks of an exercise and their distribution over its checks."""

    marks: float
    checks: dict[str, float]


class Rubric(Frozen, frozen=True):
    """Marks as data. `costs` says what a correct solution that differs from the sheet loses; `caps`, the most
    that an exercise can earn if a check did not pass. Both are shares of the exercise's marks. `follows` says what a
    check earns whose result is wrong only because an earlier exercise is, as a share of the check's marks."""

    exercises: dict[str, ExerciseRubric]
    costs: dict[str, float]
    caps: dict[str, float] = msgspec.field(default_factory=dict)
    follows: dict[str, float] = msgspec.field(default_factory=dict)


class Demonstration(Frozen, frozen=True):
    """One published number of the lab, recomputed."""

    name: str
    published: str
    computed: str
    holds: bool


def _no_numbers() -> tuple[Demonstration, ...]:
    return ()


class Kit(Frozen, frozen=True):
    """The kit that students start from and check themselves with.

    `starter` is the file that they fill in. `leave_out` names the modules of the lab's package that contain a
    solution, such as `solution`; nothing that the checks need may import them.
    """

    starter: Path
    leave_out: tuple[str, ...] = ()


class Lab(Frozen, frozen=True):
    """A complete lab. `exercises(seed)` generates its matrices, masks and starts from the seed."""

    id: str
    title: str
    seed: int
    functions: tuple[Function, ...]
    exercises: Callable[[int], tuple[Exercise, ...]]
    rubric: Rubric
    demonstrate: Callable[[], tuple[Demonstration, ...]] = _no_numbers
    """Recompute the lab's own published numbers; may take a few seconds."""
    compare: Callable[[Bench, Mapping[str, tuple[CheckResult, ...]]], tuple[str, ...]] = _no_flags
    """Sentences for the person marking about answers in different exercises that contradict each other, given
    the checks of each exercise by its id."""
    kit: Kit | None = None
