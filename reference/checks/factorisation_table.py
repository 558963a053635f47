"""The checks of a factorisation, simplest first: title, function, needed checks, tolerance and advice.

Each check covers one idea, so the first failure says what is wrong: one cell (the update rule), one row (the
loop over columns), one column (the loop over rows), whole matrices, masks, several epochs, another rate, the
defaults, convergence.
"""

from typing import Final, TypeAlias

from grader.labkit import Row
from reference.checks.comparison_power import LEAST_POWER, LEAST_POWER_OF_A_LONG_RUN
from reference.checks.convergence import CONVERGED, CONVERGED_OBSERVED, converges, fits
from reference.checks.factorisation_context import FactorisationContext
from reference.checks.factorisation_presence import presence
from reference.checks.masks import hidden_values_do_not_matter
from reference.checks.returns import (
    arguments_unchanged,
    depends_on_a,
    in_the_order_asked,
    returns_factors,
)
from reference.checks.rounding_tolerance import LAMBDA, SAFETY
from reference.checks.runs import defaults_agree, epochs_agree
from reference.checks.start_distribution import starts_uniformly
from reference.checks.steps import agree_on, product_agrees
from reference.checks.stillness import stands_still

__all__ = ["rows"]

ROUNDING: Final = (
    f"rounding to float32: {SAFETY:g} × the running error bound, about 1e-6; agreement counts only if the rule moves "
    f"every row by {LEAST_POWER:g} × that"
)
MAGNIFIED: Final = (
    f"{LAMBDA:g}·√N·u·κ: N roundings of float32, magnified κ times; about 3e-5; agreement counts only if the rule "
    f"moves every row by {LEAST_POWER_OF_A_LONG_RUN:g} × that"
)
UNIFORM: Final = "Dvoretzky–Kiefer–Wolfowitz bound, exceeded by chance once in 10⁹"
NONE: Final = "none"

Check: TypeAlias = Row[FactorisationContext]


def rows(masked: bool) -> tuple[Check, ...]:
    """The checks of 1.1, or of 3.1 with a mask."""
    return (*ENTRY, *SWEEP, *(MASK if masked else ()), *RUNS, _fits(masked), _converges(masked))


ENTRY: Final = (
    Check(
        name="found",
        title="`{function}` exists and can be called",
        run=presence,
        advice="Define `{function}` with the sheet's name and parameters, and hand in that file.",
    ),
    Check(
        name="returns",
        title="It returns two matrices that can be read as U and V, even if A is not square",
        run=returns_factors,
        advice="Make `{function}` return the two matrices U and V, in this order and of these shapes.",
        needs=("found",),
    ),
    Check(
        name="depends",
        title="The result depends on A",
        run=depends_on_a,
        advice="Trace one step with pen and paper: which line of your code writes the new values to U and V?",
        needs=("returns",),
        tolerance=NONE,
    ),
    Check(
        name="shapes",
        title="U (m×rank) comes first, then V (n×rank)",
        run=in_the_order_asked,
        advice="Make `{function}` return U (m×rank) first and V (n×rank) second; print both shapes for a 2×5 matrix A.",
        needs=("depends",),
    ),
    Check(
        name="still",
        title="With lr = 0, U and V do not change",
        run=stands_still,
        advice="Check where `lr` is used: with lr = 0, nothing in U and V may change.",
        needs=("returns",),
        tolerance=NONE,
    ),
    Check(
        name="start",
        title="U and V start from the uniform distribution on [0, 1)",
        run=starts_uniformly,
        advice="Draw both U and V from the uniform distribution on [0, 1), entry by entry.",
        needs=("still", "depends"),
        tolerance=UNIFORM,
    ),
)

SWEEP: Final = (
    Check(
        name="update",
        title="One step on a single cell follows the sheet's rule",
        run=agree_on("update"),
        advice="Work out one step for a 1×1 matrix with pen and paper, and compare it with each line of your code.",
        needs=("still",),
        tolerance=ROUNDING,
    ),
    Check(
        name="product",
        title="At rank 2 and 3, the prediction is the dot product of U[r] and V[c]",
        run=product_agrees,
        advice="Check the prediction: U[r]·V[c] is one number, the sum over k of U[r,k]·V[c,k].",
        needs=("update",),
        tolerance=ROUNDING,
    ),
    Check(
        name="columns",
        title="Every column is visited",
        run=agree_on("columns"),
        advice="Check the range and the index of the loop over columns on a matrix with one row.",
        needs=("update",),
        tolerance=ROUNDING,
    ),
    Check(
        name="rows",
        title="Every row is visited",
        run=agree_on("rows"),
        advice="Check the range and the index of the loop over rows on a matrix with one column.",
        needs=("update",),
        tolerance=ROUNDING,
    ),
    Check(
        name="sweep",
        title="One epoch on whole matrices follows the sheet's rule",
        run=agree_on("sweep"),
        advice="Run one epoch on the matrix shown and print U and V after every cell.",
        needs=("product", "columns", "rows"),
        tolerance=ROUNDING,
    ),
)

MASK: Final = (
    Check(
        name="hidden",
        title="Cells with mask 0 cause no update",
        run=agree_on("hidden"),
        advice="Check the condition on the mask: a cell with mask 0 must change neither U nor V.",
        needs=("update",),
        tolerance=ROUNDING,
    ),
    Check(
        name="values",
        title="The values at hidden cells do not matter",
        run=hidden_values_do_not_matter,
        advice="Look for a computation that still uses the value of a hidden cell.",
        needs=("update",),
        tolerance=NONE,
    ),
)

RUNS: Final = (
    Check(
        name="epochs",
        title="As many epochs run as requested, each continuing from the last",
        run=epochs_agree,
        advice="Count how many times the loop over epochs runs, and check what is kept from one epoch to the next.",
        needs=("update",),
        tolerance=ROUNDING,
    ),
    Check(
        name="rate",
        title="Another learning rate is used exactly as given",
        run=agree_on("rate"),
        advice="Use the parameter `lr` itself in both updates, exactly once.",
        needs=("update",),
        tolerance=ROUNDING,
    ),
    Check(
        name="inputs",
        title="The arguments are not changed",
        run=arguments_unchanged,
        advice="Do not change the arguments: work on a copy if you need to change something.",
        needs=("depends",),
        tolerance=NONE,
    ),
    Check(
        name="defaults",
        title="With the defaults, it ends where the sheet's rule ends from the same start",
        run=defaults_agree,
        advice="Check the default values in the signature: num_epochs=1000 and lr=0.01.",
        needs=("sweep", "epochs", "rate"),
        tolerance=MAGNIFIED,
    ),
)


def _fits(masked: bool) -> Check:
    what = "the observed cells of A" if masked else "A"
    return Check(
        name="fits",
        title=f"After enough epochs, it fits {what} better than any matrix of rank 1",
        run=fits,
        advice="Print the loss every 100 epochs: it has to fall. If it does not, one of the checks above shows why.",
        needs=("returns",),
        tolerance="a loss below the minimum for rank 1, after any of four runs",
    )


def _converges(masked: bool) -> Check:
    goal = "fits the observed cells" if masked else "reaches the smallest possible loss of a rank-2 matrix"
    return Check(
        name="converges",
        title=f"With lr = 0.05 and 1000 epochs, it {goal}",
        run=converges,
        advice="Run 1000 epochs with lr=0.05 on A and watch whether the loss keeps falling.",
        needs=("returns",),
        implied_by=("defaults", "hidden") if masked else ("defaults",),
        tolerance=f"observed loss at most {CONVERGED_OBSERVED:g}"
        if masked
        else f"E₂ ≤ loss ≤ {CONVERGED:g}·E₂",
    )
