"""Mistakes in the error of a cell: the prediction, the subtraction, and when the error is computed."""

import math
from typing import Final

from reference.misconceptions.entry import stepwise
from reference.misconceptions.step_parts import ERROR, INDEX, ORDER, STEP, at_rows, dot, mistake, plus, scaled
from reference.rules.update_rule import Epoch, EpochRun, Error, Matrix, Row, Rule, difference

__all__ = ["ERRORS"]


def _sum_kept(through: str) -> Epoch:
    """The sum of the products continues from cell to cell through a row, or through the epoch."""

    def epoch(rule: Rule, A: Matrix, M: Matrix | None, U: Matrix, V: Matrix, lr: float) -> None:
        total, row = 0.0, -1
        for r, c in rule.cells(len(A), len(A[0]), len(U[0])):
            a = A[r][c] if M is None else rule.observe_cell(A[r][c], M[r][c])
            if through == "row" and r != row:
                total, row = 0.0, r
            if a is None:
                continue
            total += dot(U[r], V[c])
            U[r], V[c] = rule.update(U[r], V[c], a - total, lr)

    return epoch


def _gradients_kept(factor: float, through: str) -> EpochRun:
    """Each step adds the gradients of all cells before it, in the epoch or in the whole run."""

    def run(rule: Rule, A: Matrix, M: Matrix | None, U: Matrix, V: Matrix, epochs: int, lr: float) -> None:
        of_u, of_v = ([[0.0] * len(row) for row in factors] for factors in (U, V))
        for number in range(rule.epochs(epochs)):
            if through == "epoch":
                of_u, of_v = ([[0.0] * len(row) for row in factors] for factors in (U, V))
            rate = rule.rate(lr, number)
            for r, c in rule.cells(len(A), len(A[0]), len(U[0])):
                a = A[r][c] if M is None else rule.observe_cell(A[r][c], M[r][c])
                if a is None:
                    continue
                e = factor * rule.error(a, U[r], V[c])
                of_u[r], of_v[c] = plus(of_u[r], V[c], e), plus(of_v[c], U[r], e)
                U[:] = [plus(u, step, rate) for u, step in zip(U, of_u, strict=True)]
                V[:] = [plus(v, step, rate) for v, step in zip(V, of_v, strict=True)]

    return run


def _elementwise(A: Matrix, U: Matrix, V: Matrix, r: int, c: int, a: float, lr: float) -> None:
    e = [a - x * y for x, y in zip(U[r], V[c], strict=True)]
    U[r] = [x + lr * d * y for x, y, d in zip(U[r], V[c], e, strict=True)]
    V[c] = [y + lr * d * x for x, y, d in zip(U[r], V[c], e, strict=True)]


def _row_averaged(A: Matrix, U: Matrix, V: Matrix, r: int, c: int, a: float, lr: float) -> None:
    e = sum(difference(b, U[r], v) for b, v in zip(A[r], V, strict=True)) / len(V)
    U[r] = plus(U[r], V[c], lr * e)
    V[c] = plus(V[c], U[r], lr * e)


def _fresh_error(A: Matrix, U: Matrix, V: Matrix, r: int, c: int, a: float, lr: float) -> None:
    U[r] = plus(U[r], V[c], lr * difference(a, U[r], V[c]))
    V[c] = plus(V[c], U[r], lr * difference(a, U[r], V[c]))


def _stale(rule: Rule, A: Matrix, M: Matrix | None, U: Matrix, V: Matrix, lr: float) -> None:
    errors = [[rule.error(a, u, v) for a, v in zip(row, V, strict=True)] for row, u in zip(A, U, strict=True)]
    for r, c in rule.cells(len(A), len(A[0]), len(U[0])):
        if M is None or rule.observe_cell(A[r][c], M[r][c]) is not None:
            U[r], V[c] = rule.update(U[r], V[c], errors[r][c], lr)


def _stale_in_row(rule: Rule, A: Matrix, M: Matrix | None, U: Matrix, V: Matrix, lr: float) -> None:
    row, errors = -1, [0.0]
    for r, c in rule.cells(len(A), len(A[0]), len(U[0])):
        if r != row:
            row, errors = r, [rule.error(a, U[r], v) for a, v in zip(A[r], V, strict=True)]
        if M is None or rule.observe_cell(A[r][c], M[r][c]) is not None:
            U[r], V[c] = rule.update(U[r], V[c], errors[c], lr)


def _computed_once(
    rule: Rule, A: Matrix, M: Matrix | None, U: Matrix, V: Matrix, epochs: int, lr: float
) -> None:
    errors = [[rule.error(a, u, v) for a, v in zip(row, V, strict=True)] for row, u in zip(A, U, strict=True)]
    for _ in range(rule.epochs(epochs)):
        for r, c in rule.cells(len(A), len(A[0]), len(U[0])):
            if M is None or rule.observe_cell(A[r][c], M[r][c]) is not None:
                U[r], V[c] = rule.update(U[r], V[c], errors[r][c], lr)


def _clipped(limit: float) -> Error:
    return lambda a, u, v: max(-limit, min(limit, difference(a, u, v)))


def _root(a: float, u: Row, v: Row) -> float:
    e = difference(a, u, v)
    return math.sqrt(e) if e >= 0 else math.nan


ERRORS: Final = (
    mistake("error-sign-flipped", ERROR, "The step goes the wrong way: the loss grows.",
           "The error is the part of A[r,c] that the prediction lacks, and the step adds some of it. With the opposite sign, every step makes the fit worse.",
           "If the prediction is too small, does your step make U[r]·V[c] larger or smaller?",
           Rule("", update=scaled(-1.0, -1.0)), Rule("", error=lambda a, u, v: dot(u, v) - a)),
    mistake("sum-not-reset", ERROR, "The sum for the prediction is not set back to 0 for each cell.",
           "Each prediction then includes those of the cells before it.",
           "What does your sum contain when the second cell of a row begins?",
           Rule("", epoch=_sum_kept("row")), Rule("", epoch=_sum_kept("epoch"))),
    mistake("gradients-not-zeroed", STEP, "Each step adds the gradients of the cells before it.",
           "Gradients pile up until they are set to zero; the sheet's step follows the gradient of one cell.",
           "What does the gradient of U contain when the second cell begins?",
           *(Rule("", run=_gradients_kept(factor, through)) for through in ("run", "epoch") for factor in (1.0, 2.0))),
    mistake("error-adds-prediction", ERROR, "The prediction is added to A instead of subtracted from it.",
           "If U[r]·V[c] is already right, the error must be 0; here, it is twice the entry.",
           "What is your error when the prediction equals A[r,c]?",
           Rule("", error=lambda a, u, v: a + dot(u, v))),
    mistake("prediction-not-subtracted", ERROR, "The value of the cell is used as the error.",
           "Without the prediction, the error never becomes 0, and U and V grow for ever.",
           "What is your error when the prediction equals A[r,c]?",
           Rule("", error=lambda a, u, v: a)),
    mistake("value-not-in-error", ERROR, "The error does not use the value of the cell.",
           "If the error does not contain A[r,c], the steps can only shrink U and V.",
           "Where does your step use A[r,c]?",
           Rule("", error=lambda a, u, v: -dot(u, v))),
    mistake("error-squared", ERROR, "The squared error is used in the step.",
           "The loss is squared, but its derivative contains the error itself, with its sign. A square is never negative, so all steps go one way.",
           "What is the derivative of e² with respect to e, and what happens to the sign of e in your step?",
           Rule("", error=lambda a, u, v: difference(a, u, v) ** 2)),
    mistake("error-absolute", ERROR, "The error has lost its sign.",
           "If the prediction is too large, the step must go back; with the absolute value it only ever goes forward.",
           "Which way does your step go when the prediction is too large?",
           Rule("", error=lambda a, u, v: abs(difference(a, u, v)))),
    mistake("error-square-root", ERROR, "The square root of the error is used.",
           "The root of a negative error is NaN, and NaN spreads to everything it touches.",
           "What is the root of a negative number in PyTorch?",
           Rule("", error=_root), Rule("", error=lambda a, u, v: math.sqrt(abs(difference(a, u, v))))),
    mistake("error-sign-only", ERROR, "Only the sign of the error is used.",
           "Then all steps have the same length, however small the error is.",
           "How long should the step be when the prediction is almost right?",
           Rule("", error=lambda a, u, v: math.copysign(1.0, e) if (e := difference(a, u, v)) else 0.0)),
    mistake("error-clipped", ERROR, "Large errors are clipped.",
           "The step must be proportional to the error, however large it is.",
           "How long is your step when the error is 5?",
           *(Rule("", error=_clipped(limit)) for limit in (1.0, 0.5, 0.1, 2.0))),
    mistake("dot-averaged", ERROR, "The products are averaged over the rank instead of summed.",
           "U[r]·V[c] is a sum over the components; the mean is `rank` times too small.",
           "What is the product of (1, 1) and (1, 1) in your code?",
           Rule("", error=lambda a, u, v: a - dot(u, v) / len(u))),
    mistake("dot-first-component-only", ERROR, "The prediction uses only the first component.",
           "U[r]·V[c] sums over all `rank` components.",
           "How many products are added up in your prediction when rank is 3?",
           Rule("", error=lambda a, u, v: a - u[0] * v[0])),
    mistake("dot-last-component-only", ERROR, "The prediction uses only the last component.",
           "U[r]·V[c] sums over all `rank` components; an assignment in the loop keeps only the last product.",
           "How many products are added up in your prediction when rank is 3?",
           Rule("", error=lambda a, u, v: a - u[-1] * v[-1])),
    mistake("first-component-skipped", ERROR, "The first component is left out of the prediction.",
           "Python counts from 0, so a sum that starts at 1 omits a product.",
           "What is the first component in your sum?",
           Rule("", error=lambda a, u, v: a - dot(u[1:], v[1:]))),
    mistake("last-component-skipped", ERROR, "The last component is left out of the prediction.",
           "A `range` already excludes its end.",
           "What is the last component in your sum when rank is 2?",
           Rule("", error=lambda a, u, v: a - dot(u[:-1], v[:-1]))),
    mistake("sum-of-products-of-sums", ERROR, "The sums of U[r] and V[c] are multiplied.",
           "A dot product multiplies first and adds up afterwards; the other order mixes the components.",
           "What is the product of (1, 0) and (0, 1) in your code?",
           Rule("", error=lambda a, u, v: a - sum(u) * sum(v))),
    mistake("elementwise-product", ERROR, "U[r]·V[c] is computed entry by entry instead of as a dot product.",
           "The prediction is one number, so the error is one number; here every component has its own error, and the components cannot work together.",
           "What is the shape of your error e when rank is 2?",
           Rule("", epoch=stepwise(_elementwise))),
    mistake("error-uses-v-row-index", INDEX, "The prediction uses row r of V instead of row c.",
           "V has one row for each column of A, so it is addressed by the column.",
           "Which row of V belongs to column c of A?",
           Rule("", epoch=stepwise(at_rows(read_v="r")))),
    mistake("error-uses-u-column-index", INDEX, "The prediction uses row c of U instead of row r.",
           "U has one row for each row of A, so it is addressed by the row.",
           "Which row of U belongs to row r of A?",
           Rule("", epoch=stepwise(at_rows(read_u="c")))),
    mistake("error-indices-exchanged", INDEX, "The prediction uses row c of U and row r of V.",
           "U has one row for each row of A, V one for each column.",
           "Which row of U belongs to row r of A?",
           Rule("", epoch=stepwise(at_rows(read_u="c", read_v="r")))),
    mistake("error-averaged-over-row", ERROR, "One mean error of the whole row is used for all of its cells.",
           "Every cell has its own error, and its own step.",
           "Does your error depend on the column?",
           Rule("", epoch=stepwise(_row_averaged))),
    # --- when it is computed ---
    mistake("error-recomputed-between-updates", ORDER, "The error is computed again between the two updates.",
           "Both updates of a cell use the same e: the one computed before either update.",
           "Is the e in the update of V[c] the same number as the e in the update of U[r]?",
           Rule("", epoch=stepwise(_fresh_error))),
    mistake("error-frozen-per-epoch", ORDER, "The errors of an epoch are all computed before its first update.",
           "Every step changes U and V, so the errors of the following cells change with it.",
           "Does the error of your second cell take the first step into account?",
           Rule("", epoch=_stale)),
    mistake("error-frozen-per-row", ORDER, "The errors of a row are all computed before its first update.",
           "Every step changes U[r], so the errors of the rest of the row change with it.",
           "Does the error of the second cell of a row take the first step into account?",
           Rule("", epoch=_stale_in_row)),
    mistake("error-computed-once", ORDER, "The errors are computed before training and never again.",
           "Every step changes U and V; an error that is never computed again soon has nothing to do with the fit.",
           "In your second epoch, does the error take the first epoch into account?",
           Rule("", run=_computed_once)),
)  # fmt: skip
"""Mistakes in the error of a cell of 1.1 and 3.1, including gradients that pile up like a sum."""
