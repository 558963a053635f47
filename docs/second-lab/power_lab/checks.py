"""What must hold for a power iteration: pure functions of what a call returned."""

from collections.abc import Callable
from typing import Final

import numpy as np
import numpy.typing as npt

from grader import protocol
from grader.core.model import CheckResult, Diagnosis, Finding, Observation, Outcome, Probe
from grader.execution.stated_values import array_of
from grader.lab import Bench, Check, Function, Parameter

__all__ = ["ADVICE", "POWER_ITERATION", "diagnose", "iteration_checks", "stated_checks"]

Array = npt.NDArray[np.float64]

TOLERANCE: Final = 1e-5
"""Two steps on these matrices round some twenty times: 1e-14 in double precision, 2e-6 in float32. The
mistakes known to us differ by 1e-2 and more."""

B: Final = np.array([[2.0, 1.0, 0.0], [1.0, 3.0, 1.0], [0.0, 1.0, 4.0]])
LARGEST: Final = 3 + np.sqrt(3)
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

ADVICE: Final = {
    "found": "Define `power_iteration(A, x, num_steps=100)` and hand in that file.",
    "step": "Compute A @ x by hand for the 2×2 matrix shown, and divide by its length.",
    "steps": "Check what is kept from one step to the next, and how often the loop runs.",
    "quotient": "Compute xᵀAx / xᵀx from the very vector that you return.",
    "converges": "Print the quotient after every step and watch whether it settles.",
    "value": "Print the eigenvalue that your function returns for B.",
}
"""What to do next when this is the first check that does not pass."""


def iteration_checks(seed: int) -> tuple[Check, ...]:
    """The checks of exercise 1, lowest rung first; each needs the one before it."""
    rng = np.random.default_rng(seed)
    small, large = _symmetric(2, rng), _symmetric(4, rng)
    rounding = f"{TOLERANCE:g}, what rounding to float32 can do"

    def found(bench: Bench) -> Finding:
        located = bench.locate(POWER_ITERATION)
        if located is None:
            return Finding(outcome=Outcome.MISSING, message="No function called `power_iteration` was found.")
        return Finding(
            outcome=Outcome.PASS, message=f"`{located.name}`, line {located.line}.", notes=located.notes
        )

    def step(bench: Bench) -> Finding:
        return _first_difference(bench, [(small, 1), (large, 1)])

    def steps(bench: Bench) -> Finding:
        return _first_difference(bench, [(small, 2), (large, 2)])

    def quotient(bench: Bench) -> Finding:
        value, vector = _read(bench.observe(_probe(large, 2)), 4)
        wanted = float(vector @ large @ vector / (vector @ vector))
        if abs(value - wanted) <= TOLERANCE * abs(wanted):
            return Finding(outcome=Outcome.PASS)
        return Finding(
            outcome=Outcome.FAIL,
            message="The value returned is not the Rayleigh quotient of the vector returned.",
            got=f"{value:.6f}",
            wanted=f"{wanted:.6f}",
            tolerance=rounding,
            call=_call(large, 2),
        )

    def converges(bench: Bench) -> Finding:
        observation = bench.observe(Probe("power_iteration", {"A": B, "x": np.ones(3)}, seed=1))
        value, _ = _read(observation, 3)
        if abs(value - LARGEST) <= TOLERANCE * LARGEST:
            return Finding(outcome=Outcome.PASS, message=f"It ends at {value:.6f}.")
        return Finding(
            outcome=Outcome.FAIL,
            message="With the default number of steps it does not reach the largest eigenvalue of B.",
            got=f"{value:.6f}",
            wanted=f"{LARGEST:.6f} = 3 + √3",
            call="power_iteration(B, np.ones(3))",
        )

    return (
        Check("1-found", "`power_iteration` is there", found),
        Check("1-step", "One step multiplies by A and divides by the length", _readable(step), ("1-found",), tolerance=rounding),
        Check("1-steps", "The steps follow one another", _readable(steps), ("1-step",), tolerance=rounding),
        Check("1-quotient", "The value is the Rayleigh quotient of the vector", _readable(quotient), ("1-step",), tolerance=rounding),
        Check("1-converges", "The defaults reach the largest eigenvalue of B", _readable(converges), ("1-steps", "1-quotient")),
    )  # fmt: skip


def stated_checks() -> tuple[Check, ...]:
    """The checks of exercise 2: a figure that is stated, and a sentence that a person reads."""

    def value(bench: Bench) -> Finding:
        numbers = [figure for figure in bench.figures if figure.values.size == 1]
        for number in numbers:
            off = abs(float(number.values.reshape(())) - LARGEST)
            if off <= number.half_width + 1e-4 * LARGEST and number.half_width <= 0.05:
                return Finding(outcome=Outcome.PASS, message=f"Found as {number.origin}.")
        return Finding(
            outcome=Outcome.MISSING if not numbers else Outcome.FAIL,
            message="The largest eigenvalue of B is not among the numbers you print or keep.",
            wanted=f"{LARGEST:.4f}",
            tolerance="the rounding of the digits printed",
        )

    def why(bench: Bench) -> Finding:
        return Finding(
            outcome=Outcome.MANUAL, message="The explanation in words is read by the person marking."
        )

    return (
        Check("2-value", "The largest eigenvalue of B is stated", value),
        Check("2-why", "Why the ratio of the eigenvalues decides how fast it converges", why),
    )


def diagnose(bench: Bench, results: tuple[CheckResult, ...]) -> tuple[Diagnosis, ...]:
    """Name a mistake where making it gives the very numbers that came back."""
    failed = next((result for result in results if result.outcome is Outcome.FAIL), None)
    located = bench.locate(POWER_ITERATION)
    if failed is None or located is None or failed.id != "1-step":
        return ()
    A, x = np.array([[2.0, 1.0], [1.0, 3.0]]), np.array([1.0, 2.0])
    observation = bench.observe(Probe("power_iteration", {"A": A, "x": x, "num_steps": 1}, seed=1))
    try:
        _, got = _read(observation, 2)
    except _UnreadableError:
        return ()
    y = A @ x
    mistakes = {
        "not-normalised": ("The vector is never divided by its length.", y),
        "largest-entry": (
            "The vector is divided by its largest entry, not by its length.",
            y / np.abs(y).max(),
        ),
        "sum-of-entries": (
            "The vector is divided by the sum of its entries, not by its length.",
            y / y.sum(),
        ),
    }
    return tuple(
        Diagnosis(id, title, f"A step from {x.tolist()} gives {np.round(got, 4).tolist()}.", verified=True)
        for id, (title, wrong) in mistakes.items()
        if np.allclose(got, wrong, rtol=TOLERANCE)
    )


class _UnreadableError(Exception):
    """What came back is not a number and a vector."""


def _readable(run: Callable[[Bench], Finding]) -> Callable[[Bench], Finding]:
    """The check, failed with a sentence where it cannot read what came back."""

    def checked(bench: Bench) -> Finding:
        try:
            return run(bench)
        except _UnreadableError as unreadable:
            return Finding(outcome=Outcome.FAIL, message=str(unreadable))

    return checked


def _symmetric(n: int, rng: np.random.Generator) -> Array:
    """A symmetric matrix with positive entries to one decimal, so that no step comes near zero."""
    half = np.round(rng.uniform(0.5, 2.0, (n, n)), 1)
    return half + half.T


def _probe(A: Array, num_steps: int) -> Probe:
    x = np.arange(1.0, len(A) + 1)
    return Probe("power_iteration", {"A": A, "x": x, "num_steps": num_steps}, seed=1)


def _rule(A: Array, x: Array, num_steps: int) -> Array:
    """What the sheet's rule makes of x."""
    for _ in range(num_steps):
        x = A @ x / np.linalg.norm(A @ x)
    return x


def _call(A: Array, num_steps: int) -> str:
    x = np.arange(1.0, len(A) + 1)
    return f"power_iteration(np.array({A.tolist()}), np.array({x.tolist()}), {num_steps})"


def _read(observation: Observation, n: int) -> tuple[float, Array]:
    """The value and the vector of a call. Raises _UnreadableError with a sentence where they are not there."""
    if isinstance(observation, protocol.Raised):
        raise _UnreadableError(f"The call fails with {observation.type_name}. {observation.text}".strip())
    if not isinstance(observation, protocol.Returned):
        raise _UnreadableError(f"The call could not be made: {observation.text}.")
    parts = observation.value.items if isinstance(observation.value, protocol.Items) else ()
    arrays = [array for part in parts if (array := array_of(part)) is not None]
    if len(parts) != 2 or len(arrays) != 2:
        raise _UnreadableError("The call does not return a number and a vector.")
    value, vector = arrays
    if value.size != 1 or vector.shape != (n,):
        raise _UnreadableError(
            f"The call returns shapes {value.shape} and {vector.shape}; wanted: () and ({n},)."
        )
    if not (np.isfinite(value).all() and np.isfinite(vector).all()):
        raise _UnreadableError("The result holds values that are not finite.")
    return float(value.reshape(())), vector


def _first_difference(bench: Bench, cases: list[tuple[Array, int]]) -> Finding:
    for A, num_steps in cases:
        _, got = _read(bench.observe(_probe(A, num_steps)), len(A))
        wanted = _rule(A, np.arange(1.0, len(A) + 1), num_steps)
        if np.abs(got - wanted).max() > TOLERANCE:
            return Finding(
                outcome=Outcome.FAIL,
                message=f"After {num_steps} step{'s' * (num_steps > 1)} the vector differs.",
                got=str(np.round(got, 6).tolist()),
                wanted=str(np.round(wanted, 6).tolist()),
                tolerance=f"{TOLERANCE:g}",
                call=_call(A, num_steps),
            )
    return Finding(outcome=Outcome.PASS)
