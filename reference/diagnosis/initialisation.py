"""Mistakes that show in the random start itself."""

from typing import Final

import numpy as np

from grader.lab import Bench
from grader.labkit import MisconceptionText, UnusableResult
from reference.checks.factorisation_context import FactorisationContext
from reference.diagnosis.matching import explains, run_of
from reference.rules.update_rule import SHEET, Factors

__all__ = ["COPIED", "REDRAWN", "STARTS", "drawn_again", "of_start"]

_DRAW: Final = "a random start"

_ZEROS = MisconceptionText(
    "start-zeros", "U and V start at zero.",
    "The gradient with respect to one factor points along the other: if both are 0, nothing ever changes; if one is 0, only that one changes at first.",
    _DRAW, "How long is the first step when U and V are zero?",
)  # fmt: skip
_CONSTANT = MisconceptionText(
    "start-constant", "All entries start with the same value.",
    "Columns that start equal get the same steps and stay equal, so the product never has more than rank 1.",
    _DRAW, "What could make the first column of U differ from the second?",
)  # fmt: skip
_COLUMNS = MisconceptionText(
    "start-columns-equal", "All columns of a factor start equal.",
    "Columns that start equal get the same steps and stay equal, so the product never has more than rank 1.",
    _DRAW, "What could make the first column of U differ from the second?",
)  # fmt: skip
_ROWS = MisconceptionText(
    "start-rows-equal", "All rows of a factor start equal.",
    "Each row needs its own random numbers.",
    _DRAW, "How many random numbers do you draw for a 4×2 matrix?",
)  # fmt: skip
_SCALED = MisconceptionText(
    "start-scaled", "The start is not drawn from the interval [0, 1).",
    "The sheet starts from the uniform distribution on [0, 1); a much wider start makes the first steps blow up.",
    _DRAW, "What is the largest number that your start can contain?",
)  # fmt: skip
_WHOLE = MisconceptionText(
    "start-whole-numbers", "The start contains only integers.",
    "The sheet draws real numbers from [0, 1).",
    _DRAW, "Which numbers can your start contain?",
)  # fmt: skip
COPIED = MisconceptionText(
    "v-copied-from-u", "V starts as a copy of U.",
    "U and V have to be drawn independently, V with a row for each column of A.",
    _DRAW, "How many random numbers do you draw in all?",
)  # fmt: skip
STARTS: Final = (_ZEROS, _CONSTANT, _COLUMNS, _ROWS, _WHOLE, COPIED, _SCALED)
"""Mistakes in a start from which the sheet's rule then runs correctly."""

REDRAWN: Final = MisconceptionText(
    "start-redrawn-each-epoch", "The start is drawn again in every epoch.",
    "Everything learnt in one epoch is thrown away at the beginning of the next.",
    _DRAW, "What are U and V at the beginning of your second epoch?",
)  # fmt: skip


def of_start(start: Factors) -> MisconceptionText | None:
    """The known mistake in a start of at least twelve rows and two columns; None if there is none."""
    for factor in start:
        if not factor.any():
            return _ZEROS
        if np.ptp(factor) == 0:
            return _CONSTANT
        if factor.shape[1] > 1 and (factor == factor[:, :1]).all():
            return _COLUMNS
        if factor.shape[0] > 1 and (factor == factor[:1]).all():
            return _ROWS
        if (factor == np.round(factor)).all():
            return _WHOLE
    U, V = start
    rows = min(len(U), len(V))
    if np.array_equal(U[:rows], V[:rows]):
        return COPIED
    lows, highs = [float(f.min()) for f in start], [float(f.max()) for f in start]
    if max(highs) > 1.5 or min(lows) < -1.5:
        return _SCALED
    return None


def drawn_again(context: FactorisationContext, bench: Bench) -> bool:
    """Whether each epoch follows the sheet's rule from numbers drawn at its own beginning.

    With lr = 0, a run of k epochs ends at the numbers that epoch k drew; with the rate, it ends one epoch of
    the sheet's rule further.
    """
    calls = [context.informative(bench, call) for call in context.inputs.epochs]
    for call in calls:
        try:
            last = context.probe.observe(bench, call.changed(lr=call.idle))
            first = context.probe.observe(bench, call.still())
            got = context.probe.observe(bench, call)
        except UnusableResult:
            return False
        if np.array_equal(first[0], last[0]):
            return False
        if not explains(SHEET, run_of(call.changed(epochs=call.fewest), last, got)):
            return False
    return True
