"""What must hold for a power iteration: pure functions of what a call returned."""

from collections.abc import Callable
from functools import partial
from typing import Final

import numpy as np
import numpy.typing as npt

from grader.lab import Frozen, Function, Parameter, Probe, Value
from grader.labkit import (
    CheckTable,
    Row,
    agrees,
    array_in,
    names_mistakes,
    number_in,
    parts_in,
    presence,
    read_by_a_person,
    states,
)

__all__ = ["POWER_ITERATION", "diagnose", "iteration", "stated"]

Array = npt.NDArray[np.float64]
Matrices = tuple[Array, ...]

TOLERANCE: Final = 1e-5
"""Two steps on these matrices round some twenty times: 1e-14 in double precision, 2e-6 in float32. The
mistakes known to us differ by 1e-2 and more."""
WANTED: Final = "a number and a vector"
ROUNDING: Final = f"{TOLERANCE:g}, what rounding to float32 can do"

B: Final = np.array([[2.0, 1.0, 0.0], [1.0, 3.0, 1.0], [0.0, 1.0, 4.0]])
LARGEST: Final = float(3 + np.sqrt(3))
"""Of the sheet's B: its characteristic polynomial is (3 − λ)(λ² − 6λ + 6)."""

POWER_ITERATION: Final = Function(
    "power_iteration",
    (
        Parameter("A", ("matrix", "mat")),
        Parameter("x", ("start", "x0", "vector", "v")),
        Parameter("num_steps", ("steps", "n_steps", "iterations", "num_iterations"), 100),
    ),
    aliases=("power_method", "largest_eigenvalue"),
    arrays="numpy",
)


class Case(Frozen, frozen=True):
    """One call: A (n, n), the start (n,), and the number of steps; None for the default."""

    A: Array
    x: Array
    num_steps: int | None = None


def _probe(case: Case) -> Probe:
    steps = {} if case.num_steps is None else {"num_steps": case.num_steps}
    return Probe("power_iteration", {"A": case.A, "x": case.x, **steps}, seed=1)


def _after(num_steps: int) -> Callable[[Matrices], list[Case]]:
    return lambda matrices: [Case(A, np.arange(1.0, len(A) + 1), num_steps) for A in matrices]


def _value(answer: Value, case: Case) -> Array:
    return np.array(number_in(parts_in(answer, 2, WANTED)[0], "the value"))


def _vector(answer: Value, case: Case) -> Array:
    return array_in(parts_in(answer, 2, WANTED)[1], case.x.shape, "the vector")


def _rule(answer: Value, case: Case) -> Array:
    """What the sheet's rule makes of x."""
    x = case.x
    for _ in range(case.num_steps or 100):
        x = case.A @ x / np.linalg.norm(case.A @ x)
    return x


def _quotient(answer: Value, case: Case) -> Array:
    """The Rayleigh quotient of the vector that came back, right or wrong."""
    x = _vector(answer, case)
    return np.asarray(x @ case.A @ x / (x @ x))


agree = partial(agrees, POWER_ITERATION, _probe, TOLERANCE)

ITERATION: Final[tuple[Row[Matrices], ...]] = (
    Row(name="found", title="`power_iteration` is there",
        run=presence(POWER_ITERATION),
        advice="Define `power_iteration(A, x, num_steps=100)` and hand in that file."),
    Row(name="step", title="One step multiplies by A and divides by the length",
        run=agree(_after(1), _vector, _rule, "After 1 step the vector differs."),
        needs=("found",), tolerance=ROUNDING,
        advice="Compute A @ x by hand for the 2×2 matrix shown, and divide by its length."),
    Row(name="steps", title="The steps follow one another",
        run=agree(_after(2), _vector, _rule, "After 2 steps the vector differs."),
        needs=("step",), tolerance=ROUNDING,
        advice="Check what is kept from one step to the next, and how often the loop runs."),
    Row(name="quotient", title="The value is the Rayleigh quotient of the vector",
        run=agree(_after(2), _value, _quotient,
                  "The value returned is not the Rayleigh quotient of the vector returned."),
        needs=("step",), tolerance=ROUNDING,
        advice="Compute xᵀAx / xᵀx from the very vector that you return."),
    Row(name="converges", title="The defaults reach the largest eigenvalue of B",
        run=agree(lambda matrices: [Case(B, np.ones(3))], _value, lambda answer, case: np.array(LARGEST),
                  "With the default number of steps it does not reach the largest eigenvalue of B."),
        needs=("steps", "quotient"),
        advice="Print the quotient after every step and watch whether it settles."),
)  # fmt: skip


def iteration(seed: int) -> CheckTable[Matrices]:
    """The checks of exercise 1, for symmetric matrices with positive entries, so that no step comes near zero."""
    rng = np.random.default_rng(seed)
    halves = [np.round(rng.uniform(0.5, 2.0, (n, n)), 1) for n in (2, 4)]
    return CheckTable("1", ITERATION, tuple(half + half.T for half in halves))


stated: Final[CheckTable[object]] = CheckTable("2", (
    Row(name="value", title="The largest eigenvalue of B is stated",
        run=states(LARGEST * 0.9999, LARGEST * 1.0001, coarsest=0.05, wanted=f"{LARGEST:.4f}",
                   message="The largest eigenvalue of B is not among the numbers you print or keep."),
        advice="Print the eigenvalue that your function returns for B."),
    Row(name="why", title="Why the ratio of the eigenvalues decides how fast it converges", run=read_by_a_person),
), None)  # fmt: skip
"""The checks of exercise 2: a number that is stated, and a sentence that a person reads."""


diagnose: Final = names_mistakes("1-step", _probe, Case(B, np.arange(1.0, 4.0), 1), _vector, TOLERANCE, {
    "not-normalised": (
        "The vector is never divided by its length.",
        lambda case: case.A @ case.x),
    "largest-entry": (
        "The vector is divided by its largest entry, not by its length.",
        lambda case: case.A @ case.x / (case.A @ case.x).max()),
    "sum-of-entries": (
        "The vector is divided by the sum of its entries, not by its length.",
        lambda case: case.A @ case.x / (case.A @ case.x).sum()),
})  # fmt: skip
"""Names a mistake where making it gives the very numbers that came back."""
