"""The rungs of the ladder, the lowest first: what each asks, what it rests on, what it tolerates, what to do next.

Each is one idea, the lowest that fails says what is wrong: one cell (the update rule), one row (the loop over
columns), one column (the loop over rows), whole matrices, masks, several epochs, another rate, the defaults,
convergence.
"""

from typing import Final

from grader.core.model import Frozen
from reference.checks.comparison_power import LEAST_POWER, LEAST_POWER_OF_A_LONG_RUN
from reference.checks.convergence import CONVERGED, CONVERGED_OBSERVED
from reference.checks.factorisation_probe import LAMBDA, SAFETY

__all__ = ["ADVICE", "Rung", "rungs"]

ROUNDING: Final = (
    f"rounding to float32: {SAFETY:g} × the running error bound, about 1e-6; counts only if the rule moves "
    f"every row by {LEAST_POWER:g} × that"
)
MAGNIFIED: Final = (
    f"{LAMBDA:g}·√N·u·κ: N roundings of float32, magnified κ times; about 3e-5; counts only if the rule "
    f"moves every row by {LEAST_POWER_OF_A_LONG_RUN:g} × that"
)
UNIFORM: Final = "Dvoretzky–Kiefer–Wolfowitz, which fails once in 10⁹"
NONE: Final = "none"


class Rung(Frozen, frozen=True, kw_only=True):
    """One check of 1.1 and 3.1. In `title` and `advice`, `{function}` stands for the name of the sheet's function."""

    name: str
    """The check's id without the exercise."""
    title: str
    """What must hold, in a sentence."""
    advice: str
    """What to do next when this is the first that fails."""
    needs: tuple[str, ...] = ()
    """The rungs without which it cannot be looked at."""
    implied_by: tuple[str, ...] = ()
    """The rungs with which it holds."""
    tolerance: str = ""
    """How far apart two values may be, and why."""


def rungs(masked: bool) -> tuple[Rung, ...]:
    """The rungs of 1.1, or of 3.1 with a mask."""
    return (*ENTRY, *SWEEP, *(MASK if masked else ()), *RUNS, _fits(masked), _converges(masked))


ENTRY: Final = (
    Rung(
        name="found",
        title="`{function}` exists and can be called",
        advice="Define `{function}` with the sheet's name and parameters, and hand in that file.",
    ),
    Rung(
        name="returns",
        title="It returns two matrices that can be read as U and V, even if A is not square",
        advice="Make `{function}` return the two matrices U and V, in this order and of these shapes.",
        needs=("found",),
    ),
    Rung(
        name="depends",
        title="The result depends on A",
        advice="Trace one step with pen and paper: which line of your code writes the new values to U and V?",
        needs=("returns",),
        tolerance=NONE,
    ),
    Rung(
        name="shapes",
        title="U (m×rank) comes first, then V (n×rank)",
        advice="Make `{function}` return U (m×rank) first and V (n×rank) second; print both shapes for a 2×5 matrix A.",
        needs=("depends",),
    ),
    Rung(
        name="still",
        title="With lr = 0, U and V do not change",
        advice="Check where `lr` is used: with lr = 0, nothing in U and V may change.",
        needs=("returns",),
        tolerance=NONE,
    ),
    Rung(
        name="start",
        title="U and V start from the uniform distribution on [0, 1)",
        advice="Draw both U and V from the uniform distribution on [0, 1), entry by entry.",
        needs=("still", "depends"),
        tolerance=UNIFORM,
    ),
)

SWEEP: Final = (
    Rung(
        name="update",
        title="One step on a single cell follows the sheet's rule",
        advice="Work out one step for a 1×1 matrix with pen and paper, and compare it with each line of your code.",
        needs=("still",),
        tolerance=ROUNDING,
    ),
    Rung(
        name="product",
        title="At rank 2 and 3, the prediction is the dot product of U[r] and V[c]",
        advice="Check the prediction: U[r]·V[c] is one number, the sum over k of U[r,k]·V[c,k].",
        needs=("update",),
        tolerance=ROUNDING,
    ),
    Rung(
        name="columns",
        title="Every column is visited",
        advice="Check the range and the index of the loop over columns on a matrix with one row.",
        needs=("update",),
        tolerance=ROUNDING,
    ),
    Rung(
        name="rows",
        title="Every row is visited",
        advice="Check the range and the index of the loop over rows on a matrix with one column.",
        needs=("update",),
        tolerance=ROUNDING,
    ),
    Rung(
        name="sweep",
        title="One epoch on whole matrices follows the sheet's rule",
        advice="Run one epoch on the matrix shown and print U and V after every cell.",
        needs=("product", "columns", "rows"),
        tolerance=ROUNDING,
    ),
)

MASK: Final = (
    Rung(
        name="hidden",
        title="Cells with mask 0 cause no update",
        advice="Check the condition on the mask: a cell with mask 0 must change neither U nor V.",
        needs=("update",),
        tolerance=ROUNDING,
    ),
    Rung(
        name="values",
        title="The values at hidden cells do not matter",
        advice="Look for a computation that still uses the value of a hidden cell.",
        needs=("update",),
        tolerance=NONE,
    ),
)

RUNS: Final = (
    Rung(
        name="epochs",
        title="The requested number of epochs is run, each continuing from the last",
        advice="Count how many times the loop over epochs runs, and check what is kept from one epoch to the next.",
        needs=("update",),
        tolerance=ROUNDING,
    ),
    Rung(
        name="rate",
        title="Another learning rate is used exactly as given",
        advice="Use the parameter `lr` itself in both updates, exactly once.",
        needs=("update",),
        tolerance=ROUNDING,
    ),
    Rung(
        name="inputs",
        title="The arguments are not changed",
        advice="Do not change the arguments: work on a copy if you need to change something.",
        needs=("depends",),
        tolerance=NONE,
    ),
    Rung(
        name="defaults",
        title="With the defaults, it ends where the sheet's rule ends from the same start",
        advice="Check the default values in the signature: num_epochs=1000 and lr=0.01.",
        needs=("sweep", "epochs", "rate"),
        tolerance=MAGNIFIED,
    ),
)


def _fits(masked: bool) -> Rung:
    what = "the observed cells of A" if masked else "A"
    return Rung(
        name="fits",
        title=f"After enough epochs, it fits {what} better than any matrix of rank 1",
        advice="Print the loss every 100 epochs: it has to fall. If it does not, one of the checks above shows why.",
        needs=("returns",),
        tolerance="a loss below the minimum for rank 1, after any of four runs",
    )


def _converges(masked: bool) -> Rung:
    goal = "fits the observed cells" if masked else "reaches the smallest possible loss of a rank-2 matrix"
    return Rung(
        name="converges",
        title=f"With lr = 0.05 and 1000 epochs, it {goal}",
        advice="Run 1000 epochs with lr=0.05 on A and watch whether the loss keeps falling.",
        needs=("returns",),
        implied_by=("defaults", "hidden") if masked else ("defaults",),
        tolerance=f"observed loss at most {CONVERGED_OBSERVED:g}"
        if masked
        else f"E₂ ≤ loss ≤ {CONVERGED:g}·E₂",
    )


ADVICE: Final = {rung.name: rung.advice for rung in rungs(masked=True)}
"""What to do next by the name of the first rung that fails."""
