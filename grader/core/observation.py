"""What was seen of a submission: what its calls gave, what it states, what could not be run."""

from collections.abc import Mapping
from enum import StrEnum
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from grader import protocol
from grader.core.frozen import Frozen
from grader.core.submission import Source

__all__ = [
    "Died",
    "FoundIn",
    "LoadReport",
    "Observation",
    "Probe",
    "RunCall",
    "StatedValue",
    "StatementFailure",
    "Uncallable",
]


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


class FoundIn(StrEnum):
    """Where a stated value comes from."""

    VARIABLE = "variable"
    """A program that was run left it in a variable."""
    PRINTED = "printed"
    """A program that was run printed it."""
    WRITTEN = "written"
    """A report or a saved output of a notebook states it."""
    RETURNED = "returned"
    """A function returned it: to the grader, or to the program that called it."""
    SHOWN = "shown"
    """A picture that a program drew, or its log, shows it."""


class RunCall(Frozen, frozen=True):
    """A call that a program of the submission made itself while it was executed: a statement, never evidence."""

    name: str
    """The name of the function."""
    defined: tuple[str, str]
    """The file and the place of its definition, e.g. `line 3`; empty for a function of a library."""
    place: str
    """Where it is called, e.g. `line 12`."""
    arguments: tuple[tuple[str, protocol.Value], ...]
    """The names of its parameters with the values it was given, defaults included."""
    result: protocol.Value
    """What it returned."""
    printed: int = 0
    """Lines printed before it returned."""
    program: str = ""
    """The program of the submission that made it, if that is not the graded one."""


class StatedValue(Frozen, frozen=True):
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
    found_in: FoundIn = FoundIn.WRITTEN
    """Its origin as a kind, for programs."""
    exact: npt.NDArray[np.float64] | None = None
    """For printed digits, the value behind them in full precision, if the program's run shows it."""
    call: int | None = None
    """The number of the call in `LoadReport.calls` that returned it."""
    part: int = 0
    """Which of the things that the call returned."""
    text: int = -1
    """For shown and written values, the number of the text in which they stand, in the order of the submission."""
    line: int = 0
    """The line in that text."""
    heading: str = ""
    """For printed and written values, the title of the section they are in."""

    @property
    def is_computed(self) -> bool:
        """Whether running a program of the submission gave it."""
        return self.found_in in (FoundIn.VARIABLE, FoundIn.PRINTED, FoundIn.SHOWN)


class StatementFailure(Frozen, frozen=True):
    """A top-level statement that could not be executed, and why. `line` counts in the original file."""

    line: int
    type_name: str
    text: str
    place: str = ""
    """Its location, in words: `line 12`, `cell 3 line 7`."""
    file: str = ""
    begins: str = ""
    """Where the statement begins, in the same words: `line` may be one of a function that it calls."""


class LoadReport(Frozen, frozen=True):
    """The result of executing the student's file."""

    source: Source | None
    functions: tuple[protocol.FunctionInfo, ...] = ()
    stated_values: tuple[StatedValue, ...] = ()
    failures: tuple[StatementFailure, ...] = ()
    printed: str = ""
    calls: tuple[RunCall, ...] = ()
    """What its programs called while they were executed."""
    notes: tuple[str, ...] = ()
    problem: str = ""
    """A sentence if nothing at all could be executed."""
