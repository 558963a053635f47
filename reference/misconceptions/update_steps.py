"""Mistakes in one step: the error of a cell, the update of U[r], the update of V[c]."""

import math
from typing import Final

from reference.misconceptions.entry import Misconception, Step, stepwise
from reference.rules.update_rule import Epoch, Error, Matrix, Row, Rule, Update, Walk, difference

__all__ = ["STEPS"]


def dot(u: Row, v: Row) -> float:
    """Σ u_k·v_k."""
    return sum(x * y for x, y in zip(u, v, strict=True))


def plus(x: Row, y: Row, s: float) -> Row:
    """x + s·y."""
    return [p + s * q for p, q in zip(x, y, strict=True)]


def _update(of_u: float | None, of_v: float | None, rate_u: bool = True, rate_v: bool = True) -> Update:
    """Steps of U, then V, with a factor each (None: not at all), with or without the learning rate."""

    def update(u: Row, v: Row, e: float, lr: float) -> tuple[Row, Row]:
        if of_u is not None:
            u = plus(u, v, of_u * (lr if rate_u else 1.0) * e)
        if of_v is not None:
            v = plus(v, u, of_v * (lr if rate_v else 1.0) * e)
        return u, v

    return update


def _rates(power_u: int, power_v: int) -> Update:
    def update(u: Row, v: Row, e: float, lr: float) -> tuple[Row, Row]:
        u = plus(u, v, lr**power_u * e)
        return u, plus(v, u, lr**power_v * e)

    return update


def _fixed_rate(rate: float) -> Update:
    def update(u: Row, v: Row, e: float, lr: float) -> tuple[Row, Row]:
        u = plus(u, v, rate * e)
        return u, plus(v, u, rate * e)

    return update


def _replaced(u: Row, v: Row, e: float, lr: float) -> tuple[Row, Row]:
    u = [lr * e * y for y in v]
    return u, [lr * e * x for x in u]


def _replaced_u(u: Row, v: Row, e: float, lr: float) -> tuple[Row, Row]:
    u = [lr * e * y for y in v]
    return u, plus(v, u, lr * e)


def _replaced_v(u: Row, v: Row, e: float, lr: float) -> tuple[Row, Row]:
    u = plus(u, v, lr * e)
    return u, [lr * e * x for x in u]


def _without_error(in_u: bool, in_v: bool) -> Update:
    def update(u: Row, v: Row, e: float, lr: float) -> tuple[Row, Row]:
        u = plus(u, v, lr * (1.0 if in_u else e))
        return u, plus(v, u, lr * (1.0 if in_v else e))

    return update


def _without_factor(in_u: bool, in_v: bool) -> Update:
    """The step lacks V[c] (or U[r]): the same number is added to every component."""

    def update(u: Row, v: Row, e: float, lr: float) -> tuple[Row, Row]:
        u = [x + lr * e for x in u] if in_u else plus(u, v, lr * e)
        return u, [y + lr * e for y in v] if in_v else plus(v, u, lr * e)

    return update


def _decayed(decay: float, with_rate: bool = True) -> Update:
    def update(u: Row, v: Row, e: float, lr: float) -> tuple[Row, Row]:
        s = (lr if with_rate else 1.0) * decay
        u = [x + lr * e * y - s * x for x, y in zip(u, v, strict=True)]
        return u, [y + lr * e * x - s * y for x, y in zip(u, v, strict=True)]

    return update


def _own(in_u: bool, in_v: bool) -> Update:
    def update(u: Row, v: Row, e: float, lr: float) -> tuple[Row, Row]:
        u = plus(u, u if in_u else v, lr * e)
        return u, plus(v, v if in_v else u, lr * e)

    return update


def _nonnegative(u: Row, v: Row, e: float, lr: float) -> tuple[Row, Row]:
    u = [max(x, 0.0) for x in plus(u, v, lr * e)]
    return u, [max(y, 0.0) for y in plus(v, u, lr * e)]


def _divided_by_rank(u: Row, v: Row, e: float, lr: float) -> tuple[Row, Row]:
    u = plus(u, v, lr * e / len(u))
    return u, plus(v, u, lr * e / len(u))


def _at(read_v: str = "c", step_u: str = "c", add_u: str = "r", add_v: str = "c", step_v: str = "r",
        read_u: str = "r", keep_v: str = "", keep_u: str = "") -> Step:  # fmt: skip
    """The step with one index wrong: e from U[read_u]·V[read_v]; U[add_u] += lr·e·V[step_u]; V[add_v] += lr·e·U[step_v].

    `keep_u` and `keep_v` name another row the step is added to before it is stored.
    """

    def step(A: Matrix, U: Matrix, V: Matrix, r: int, c: int, a: float, lr: float) -> None:
        at = {"r": r, "c": c}
        e = difference(a, U[at[read_u]], V[at[read_v]])
        U[at[add_u]] = plus(U[at[keep_u or add_u]], V[at[step_u]], lr * e)
        V[at[add_v]] = plus(V[at[keep_v or add_v]], U[at[step_v]], lr * e)

    return step


def _all_rows_of_u(A: Matrix, U: Matrix, V: Matrix, r: int, c: int, a: float, lr: float) -> None:
    e = difference(a, U[r], V[c])
    for i in range(len(U)):
        U[i] = plus(U[i], V[c], lr * e)
    V[c] = plus(V[c], U[r], lr * e)


def _sum_kept(through: str) -> Epoch:
    """The sum of the products goes on from cell to cell through a row, or through the epoch."""

    def epoch(rule: Rule, A: Matrix, M: Matrix | None, U: Matrix, V: Matrix, lr: float) -> None:
        total, row = 0.0, -1
        for r, c in rule.cells(len(A), len(A[0]), len(U[0])):
            a = A[r][c] if M is None else rule.sight(A[r][c], M[r][c])
            if through == "row" and r != row:
                total, row = 0.0, r
            if a is None:
                continue
            total += dot(U[r], V[c])
            U[r], V[c] = rule.update(U[r], V[c], a - total, lr)

    return epoch


def _gradients_kept(factor: float, through: str) -> Walk:
    """Each step adds the gradients of all cells before it, in the epoch or in the whole run."""

    def walk(rule: Rule, A: Matrix, M: Matrix | None, U: Matrix, V: Matrix, epochs: int, lr: float) -> None:
        of_u, of_v = ([[0.0] * len(row) for row in factors] for factors in (U, V))
        for number in range(rule.epochs(epochs)):
            if through == "epoch":
                of_u, of_v = ([[0.0] * len(row) for row in factors] for factors in (U, V))
            rate = rule.rate(lr, number)
            for r, c in rule.cells(len(A), len(A[0]), len(U[0])):
                a = A[r][c] if M is None else rule.sight(A[r][c], M[r][c])
                if a is None:
                    continue
                e = factor * rule.error(a, U[r], V[c])
                of_u[r], of_v[c] = plus(of_u[r], V[c], e), plus(of_v[c], U[r], e)
                U[:] = [plus(u, step, rate) for u, step in zip(U, of_u, strict=True)]
                V[:] = [plus(v, step, rate) for v, step in zip(V, of_v, strict=True)]

    return walk


def _all_rows_of_v(A: Matrix, U: Matrix, V: Matrix, r: int, c: int, a: float, lr: float) -> None:
    e = difference(a, U[r], V[c])
    U[r] = plus(U[r], V[c], lr * e)
    for j in range(len(V)):
        V[j] = plus(V[j], U[r], lr * e)


def _fresh_error(A: Matrix, U: Matrix, V: Matrix, r: int, c: int, a: float, lr: float) -> None:
    U[r] = plus(U[r], V[c], lr * difference(a, U[r], V[c]))
    V[c] = plus(V[c], U[r], lr * difference(a, U[r], V[c]))


def _elementwise(A: Matrix, U: Matrix, V: Matrix, r: int, c: int, a: float, lr: float) -> None:
    e = [a - x * y for x, y in zip(U[r], V[c], strict=True)]
    U[r] = [x + lr * d * y for x, y, d in zip(U[r], V[c], e, strict=True)]
    V[c] = [y + lr * d * x for x, y, d in zip(U[r], V[c], e, strict=True)]


def _row_averaged(A: Matrix, U: Matrix, V: Matrix, r: int, c: int, a: float, lr: float) -> None:
    e = sum(difference(b, U[r], v) for b, v in zip(A[r], V, strict=True)) / len(V)
    U[r] = plus(U[r], V[c], lr * e)
    V[c] = plus(V[c], U[r], lr * e)


def _divided_by_cells(A: Matrix, U: Matrix, V: Matrix, r: int, c: int, a: float, lr: float) -> None:
    e = difference(a, U[r], V[c]) / (len(A) * len(A[0]))
    U[r] = plus(U[r], V[c], lr * e)
    V[c] = plus(V[c], U[r], lr * e)


def _divided_by_observed(rule: Rule, A: Matrix, M: Matrix | None, U: Matrix, V: Matrix, lr: float) -> None:
    count = sum(map(sum, M)) if M is not None else len(A) * len(A[0])
    for r, c in rule.cells(len(A), len(A[0]), len(U[0])):
        a = A[r][c] if M is None else rule.sight(A[r][c], M[r][c])
        if a is not None:
            U[r], V[c] = rule.update(U[r], V[c], rule.error(a, U[r], V[c]) / count, lr)


def _stale(rule: Rule, A: Matrix, M: Matrix | None, U: Matrix, V: Matrix, lr: float) -> None:
    errors = [[rule.error(a, u, v) for a, v in zip(row, V, strict=True)] for row, u in zip(A, U, strict=True)]
    for r, c in rule.cells(len(A), len(A[0]), len(U[0])):
        if M is None or rule.sight(A[r][c], M[r][c]) is not None:
            U[r], V[c] = rule.update(U[r], V[c], errors[r][c], lr)


def _stale_in_row(rule: Rule, A: Matrix, M: Matrix | None, U: Matrix, V: Matrix, lr: float) -> None:
    row, errors = -1, [0.0]
    for r, c in rule.cells(len(A), len(A[0]), len(U[0])):
        if r != row:
            row, errors = r, [rule.error(a, U[r], v) for a, v in zip(A[r], V, strict=True)]
        if M is None or rule.sight(A[r][c], M[r][c]) is not None:
            U[r], V[c] = rule.update(U[r], V[c], errors[c], lr)


def _computed_once(
    rule: Rule, A: Matrix, M: Matrix | None, U: Matrix, V: Matrix, epochs: int, lr: float
) -> None:
    errors = [[rule.error(a, u, v) for a, v in zip(row, V, strict=True)] for row, u in zip(A, U, strict=True)]
    for _ in range(rule.epochs(epochs)):
        for r, c in rule.cells(len(A), len(A[0]), len(U[0])):
            if M is None or rule.sight(A[r][c], M[r][c]) is not None:
                U[r], V[c] = rule.update(U[r], V[c], errors[r][c], lr)


def _v_after_the_row(rule: Rule, A: Matrix, M: Matrix | None, U: Matrix, V: Matrix, lr: float) -> None:
    last: tuple[int, float] | None = None
    for r in range(len(A)):
        for c in range(len(A[0])):
            a = A[r][c] if M is None else rule.sight(A[r][c], M[r][c])
            if a is not None:
                last = c, rule.error(a, U[r], V[c])
                U[r] = plus(U[r], V[c], lr * last[1])
        if last is not None:
            c = len(A[0]) - 1 if M is None else last[0]
            V[c] = plus(V[c], U[r], lr * last[1])


def _clipped(limit: float) -> Error:
    return lambda a, u, v: max(-limit, min(limit, difference(a, u, v)))


def _root(a: float, u: Row, v: Row) -> float:
    e = difference(a, u, v)
    return math.sqrt(e) if e >= 0 else math.nan


def _momentum(beta: float, rest: float) -> Walk:
    def walk(rule: Rule, A: Matrix, M: Matrix | None, U: Matrix, V: Matrix, epochs: int, lr: float) -> None:
        pU, pV = [[0.0] * len(row) for row in U], [[0.0] * len(row) for row in V]
        for _ in range(rule.epochs(epochs)):
            for r, c in rule.cells(len(A), len(A[0]), len(U[0])):
                a = A[r][c] if M is None else rule.sight(A[r][c], M[r][c])
                if a is None:
                    continue
                e = rule.error(a, U[r], V[c])
                pU[r] = [beta * p + rest * lr * e * y for p, y in zip(pU[r], V[c], strict=True)]
                U[r] = plus(U[r], pU[r], 1.0)
                pV[c] = [beta * p + rest * lr * e * x for p, x in zip(pV[c], U[r], strict=True)]
                V[c] = plus(V[c], pV[c], 1.0)

    return walk


def _entry(id_: str, concept: str, title: str, message: str, question: str, *rules: Rule) -> Misconception:
    return Misconception(id_, title, message, concept, question, rules)


_ERROR: Final = "the error of a cell"
_STEP: Final = "the step along the gradient"
_INDEX: Final = "U has a row for each row of A, V one for each column"
_ORDER: Final = "when the error is computed"

STEPS: Final = (
    # --- the error ---
    _entry("error-sign-flipped", _ERROR, "The step goes the wrong way: the loss grows.",
           "The error is what is missing from the prediction, and the step makes up for it. With the opposite sign every step makes the fit worse.",
           "If the prediction is too small, does your step make U[r]·V[c] larger or smaller?",
           Rule("", update=_update(-1.0, -1.0)), Rule("", error=lambda a, u, v: dot(u, v) - a)),
    _entry("sum-not-reset", _ERROR, "The sum for the prediction is not set back to 0 for each cell.",
           "Each prediction then includes those of the cells before it.",
           "What does your sum contain when the second cell of a row begins?",
           Rule("", epoch=_sum_kept("row")), Rule("", epoch=_sum_kept("epoch"))),
    _entry("gradients-not-zeroed", _STEP, "Each step adds the gradients of the cells before it.",
           "Gradients pile up until they are set to zero; the sheet's step follows the gradient of one cell.",
           "What does the gradient of U contain when the second cell begins?",
           *(Rule("", walk=_gradients_kept(factor, through)) for through in ("run", "epoch") for factor in (1.0, 2.0))),
    _entry("error-adds-prediction", _ERROR, "The prediction is added to A instead of subtracted from it.",
           "The error has to be 0 if U[r]·V[c] is already right; this one is then twice the entry.",
           "What is your error when the prediction equals A[r,c]?",
           Rule("", error=lambda a, u, v: a + dot(u, v))),
    _entry("prediction-not-subtracted", _ERROR, "The value of the cell is used as the error.",
           "Without the prediction, the error never becomes 0, and U and V grow for ever.",
           "What is your error when the prediction equals A[r,c]?",
           Rule("", error=lambda a, u, v: a)),
    _entry("value-not-in-error", _ERROR, "The error does not use the value of the cell.",
           "Without A in it, the steps can only shrink U and V.",
           "Where does your step use A[r,c]?",
           Rule("", error=lambda a, u, v: -dot(u, v))),
    _entry("error-squared", _ERROR, "The squared error is used in the step.",
           "The loss is squared, but its derivative contains the error itself, with its sign. A square is never negative, so all steps go one way.",
           "What is the derivative of e² with respect to e, and what happens to the sign of e in your step?",
           Rule("", error=lambda a, u, v: difference(a, u, v) ** 2)),
    _entry("error-absolute", _ERROR, "The error has lost its sign.",
           "If the prediction is too large, the step must go back; with the absolute value it only ever goes forward.",
           "Which way does your step go when the prediction is too large?",
           Rule("", error=lambda a, u, v: abs(difference(a, u, v)))),
    _entry("error-square-root", _ERROR, "The square root of the error is used.",
           "The root of a negative error is NaN, and NaN spreads to everything it touches.",
           "What is the root of a negative number in PyTorch?",
           Rule("", error=_root), Rule("", error=lambda a, u, v: math.sqrt(abs(difference(a, u, v))))),
    _entry("error-sign-only", _ERROR, "Only the sign of the error is used.",
           "All steps have the same length then, however small the error is.",
           "How long should the step be when the prediction is almost right?",
           Rule("", error=lambda a, u, v: math.copysign(1.0, e) if (e := difference(a, u, v)) else 0.0)),
    _entry("error-clipped", _ERROR, "Large errors are clipped.",
           "The step must be proportional to the error, however large it is.",
           "How long is your step when the error is 5?",
           *(Rule("", error=_clipped(limit)) for limit in (1.0, 0.5, 0.1, 2.0))),
    _entry("dot-averaged", _ERROR, "The products are averaged over the rank instead of summed.",
           "U[r]·V[c] is a sum over the components; the mean is `rank` times too small.",
           "What is the product of (1, 1) and (1, 1) in your code?",
           Rule("", error=lambda a, u, v: a - dot(u, v) / len(u))),
    _entry("dot-first-component-only", _ERROR, "The prediction uses only the first component.",
           "U[r]·V[c] sums over all `rank` components.",
           "How many products are added up in your prediction when rank is 3?",
           Rule("", error=lambda a, u, v: a - u[0] * v[0])),
    _entry("dot-last-component-only", _ERROR, "The prediction uses only the last component.",
           "U[r]·V[c] sums over all `rank` components; an assignment in the loop keeps only the last product.",
           "How many products are added up in your prediction when rank is 3?",
           Rule("", error=lambda a, u, v: a - u[-1] * v[-1])),
    _entry("first-component-skipped", _ERROR, "The first component is left out of the prediction.",
           "Python counts from 0, so a sum that starts at 1 omits a product.",
           "Which is the first component in your sum?",
           Rule("", error=lambda a, u, v: a - dot(u[1:], v[1:]))),
    _entry("last-component-skipped", _ERROR, "The last component is left out of the prediction.",
           "A `range` already excludes its end.",
           "Which is the last component in your sum when rank is 2?",
           Rule("", error=lambda a, u, v: a - dot(u[:-1], v[:-1]))),
    _entry("sum-of-products-of-sums", _ERROR, "The sums of U[r] and V[c] are multiplied.",
           "A dot product multiplies first and adds up afterwards; the other order mixes the components.",
           "What is the product of (1, 0) and (0, 1) in your code?",
           Rule("", error=lambda a, u, v: a - sum(u) * sum(v))),
    _entry("elementwise-product", _ERROR, "U[r]·V[c] is taken entry by entry instead of as a dot product.",
           "The prediction is one number, so the error is one number; here every component has its own error, and the components cannot work together.",
           "What is the shape of your error e when rank is 2?",
           Rule("", epoch=stepwise(_elementwise))),
    _entry("error-uses-v-row-index", _INDEX, "The prediction uses row r of V instead of row c.",
           "V has one row for each column of A, so it is addressed by the column.",
           "Which row of V belongs to column c of A?",
           Rule("", epoch=stepwise(_at(read_v="r")))),
    _entry("error-uses-u-column-index", _INDEX, "The prediction uses row c of U instead of row r.",
           "U has one row for each row of A, so it is addressed by the row.",
           "Which row of U belongs to row r of A?",
           Rule("", epoch=stepwise(_at(read_u="c")))),
    _entry("error-indices-exchanged", _INDEX, "The prediction uses row c of U and row r of V.",
           "U has one row for each row of A, V one for each column.",
           "Which row of U belongs to row r of A?",
           Rule("", epoch=stepwise(_at(read_u="c", read_v="r")))),
    _entry("error-averaged-over-row", _ERROR, "One mean error of the whole row is used for all of its cells.",
           "Every cell has its own error, and its own step.",
           "Does your error depend on the column?",
           Rule("", epoch=stepwise(_row_averaged))),
    # --- when it is computed ---
    _entry("error-recomputed-between-updates", _ORDER, "The error is computed again between the two updates.",
           "Both updates of a cell use the same e: the one from before the cell was touched.",
           "Is the e in the update of V[c] the same number as the e in the update of U[r]?",
           Rule("", epoch=stepwise(_fresh_error))),
    _entry("error-frozen-per-epoch", _ORDER, "The errors of an epoch are all computed before its first update.",
           "Every step changes U and V, so the errors of the following cells change with it.",
           "When your second cell is visited, does its error take the first step into account?",
           Rule("", epoch=_stale)),
    _entry("error-frozen-per-row", _ORDER, "The errors of a row are all computed before its first update.",
           "Every step changes U[r], so the errors of the rest of the row change with it.",
           "When the second cell of a row is visited, does its error take the first step into account?",
           Rule("", epoch=_stale_in_row)),
    _entry("error-computed-once", _ORDER, "The errors are computed before training and never again.",
           "Every step changes U and V; an error that is not updated soon has nothing to do with the fit.",
           "In your second epoch, does the error take the first epoch into account?",
           Rule("", walk=_computed_once)),
    # --- the step ---
    _entry("only-u-updated", _STEP, "V never changes.", "Each cell moves both its row of U and its row of V.",
           "Which entries of V are different after one epoch?", Rule("", update=_update(1.0, None))),
    _entry("only-v-updated", _STEP, "U never changes.", "Each cell moves both its row of U and its row of V.",
           "Which entries of U are different after one epoch?", Rule("", update=_update(None, 1.0))),
    _entry("factor-two", _STEP, "Every step is twice as long as the sheet's.",
           "The derivative of e² has a factor 2, but the sheet's rule includes it in the learning rate.",
           "Which number is in front of lr·e on the sheet?",
           Rule("", update=_update(2.0, 2.0))),
    _entry("half-step", _STEP, "Every step is half as long as the sheet's.",
           "The sheet's rule has no factor ½.", "Which number is in front of lr·e on the sheet?",
           Rule("", update=_update(0.5, 0.5))),
    _entry("factor-two-one-update", _STEP, "One of the two steps is twice as long as the other.",
           "Both steps have the same form, lr times e times the other factor's row.",
           "Which number is in front of lr·e in each of your two updates?",
           Rule("", update=_update(2.0, 1.0)), Rule("", update=_update(1.0, 2.0))),
    _entry("half-step-one-update", _STEP, "One of the two steps is half as long as the other.",
           "Both steps have the same form, lr times e times the other factor's row.",
           "Which number is in front of lr·e in each of your two updates?",
           Rule("", update=_update(0.5, 1.0)), Rule("", update=_update(1.0, 0.5))),
    _entry("u-update-sign-flipped", _STEP, "The step of U goes the wrong way.",
           "U and V both move towards a smaller error; here U moves away while V follows.",
           "If the prediction is too small, does your step of U make it larger?",
           Rule("", update=_update(-1.0, 1.0))),
    _entry("v-update-sign-flipped", _STEP, "The step of V goes the wrong way.",
           "U and V both move towards a smaller error; here V moves away while U follows.",
           "If the prediction is too small, does your step of V make it larger?",
           Rule("", update=_update(1.0, -1.0))),
    _entry("lr-missing", _STEP, "The learning rate is left out of both steps.",
           "Without it the steps are a hundred times too long, and the run diverges.",
           "What changes in your steps when lr is halved?",
           Rule("", update=_update(1.0, 1.0, rate_u=False, rate_v=False))),
    _entry("lr-missing-in-one-update", _STEP, "The learning rate is left out of one of the two steps.",
           "Both steps are scaled by lr; without it one factor jumps while the other walks.",
           "What changes in each of your two updates when lr is halved?",
           Rule("", update=_update(1.0, 1.0, rate_u=False)), Rule("", update=_update(1.0, 1.0, rate_v=False))),
    _entry("lr-hard-coded", _STEP, "The learning rate is a constant, whatever is requested.",
           "The parameter lr has no effect on the steps.",
           "What changes in your result when the function is called with lr=0?",
           *(Rule("", update=_fixed_rate(rate)) for rate in (0.01, 0.05, 0.1, 0.001, 0.02, 0.005, 0.5))),
    _entry("lr-applied-twice", _STEP, "The learning rate is multiplied in twice.",
           "With lr = 0.01 the steps become a hundred times too short.",
           "How many times does one of your steps use lr?",
           Rule("", update=_rates(2, 2))),
    _entry("lr-applied-twice-in-one-update", _STEP, "The learning rate is multiplied into one of the steps twice.",
           "With lr = 0.01 that step becomes a hundred times too short.",
           "How many times does each of your two updates use lr?",
           Rule("", update=_rates(2, 1)), Rule("", update=_rates(1, 2))),
    _entry("error-missing-in-both-updates", _STEP, "The steps do not use the error.",
           "Without e, the steps go on for ever, even if the fit is perfect.",
           "How long is your step where the prediction is already right?",
           Rule("", update=_without_error(True, True))),
    _entry("error-missing-in-one-update", _STEP, "The error is left out of one of the two steps.",
           "Without e, the steps go on for ever, even if the fit is perfect.",
           "How long are your two steps where the prediction is already right?",
           Rule("", update=_without_error(True, False)), Rule("", update=_without_error(False, True))),
    _entry("other-factor-missing", _STEP, "The row of the other factor is left out of the step.",
           "The gradient of e² with respect to U[r] points along V[c]; without it every component gets the same step.",
           "Along which vector does your step of U[r] go?",
           Rule("", update=_without_factor(True, True)), Rule("", update=_without_factor(True, False)),
           Rule("", update=_without_factor(False, True))),
    _entry("update-assigned", _STEP, "U or V is replaced by the step instead of changed by it.",
           "Everything learnt before is thrown away at every cell.",
           "After each of your updates, does the row still contain its earlier values?",
           Rule("", update=_replaced), Rule("", update=_replaced_u), Rule("", update=_replaced_v)),
    _entry("u-updated-with-itself", _STEP, "The step of U goes along U instead of along V.",
           "The gradient of e² with respect to U[r] points along V[c].",
           "What is the derivative of U[r]·V[c] with respect to U[r]?",
           Rule("", update=_own(True, False))),
    _entry("v-updated-with-itself", _STEP, "The step of V goes along V instead of along U.",
           "The gradient of e² with respect to V[c] points along U[r].",
           "What is the derivative of U[r]·V[c] with respect to V[c]?",
           Rule("", update=_own(False, True))),
    _entry("own-factors", _STEP, "U is updated with U, and V with V.",
           "The gradient of e² with respect to one factor points along the other.",
           "What is the derivative of U[r]·V[c] with respect to U[r]?",
           Rule("", update=_own(True, True))),
    _entry("u-updated-with-v-row-index", _INDEX, "The step of U uses row r of V instead of row c.",
           "V has one row for each column of A, so it is addressed by the column.",
           "Which row of V belongs to column c of A?",
           Rule("", epoch=stepwise(_at(step_u="r")))),
    _entry("v-updated-with-u-column-index", _INDEX, "The step of V uses row c of U instead of row r.",
           "U has one row for each row of A, so it is addressed by the row.",
           "Which row of U belongs to row r of A?",
           Rule("", epoch=stepwise(_at(step_v="c")))),
    _entry("v-incremented-at-row-index", _INDEX, "The step of V is added to row r of V instead of row c.",
           "V has one row for each column of A, so it is addressed by the column.",
           "Which row of V belongs to column c of A?",
           Rule("", epoch=stepwise(_at(add_v="r")))),
    _entry("v-updated-at-row-index", _INDEX, "The new V[c] is stored in row r of V.",
           "V has one row for each column of A, so it is addressed by the column.",
           "Which row of V does your update read, and which does it write?",
           Rule("", epoch=stepwise(_at(add_v="r", keep_v="c")))),
    _entry("u-incremented-at-column-index", _INDEX, "The step of U is added to row c of U instead of row r.",
           "U has one row for each row of A, so it is addressed by the row.",
           "Which row of U belongs to row r of A?",
           Rule("", epoch=stepwise(_at(add_u="c"))), Rule("", epoch=stepwise(_at(add_u="c", keep_u="r")))),
    _entry("u-all-rows-updated", _INDEX, "The step of one cell changes every row of U.",
           "The cell (r, c) depends on row r of U only.",
           "How many rows of U change when a single cell is visited?",
           Rule("", epoch=stepwise(_all_rows_of_u))),
    _entry("v-all-rows-updated", _INDEX, "The step of one cell changes every row of V.",
           "The cell (r, c) depends on row c of V only.",
           "How many rows of V change when a single cell is visited?",
           Rule("", epoch=stepwise(_all_rows_of_v))),
    _entry("v-update-outside-column-loop", _STEP, "V changes only for the last column of each row.",
           "A line placed after the loop over columns instead of inside it runs once per row, with the last value of c.",
           "How often does your update of V run in one row?",
           Rule("", epoch=_v_after_the_row)),
    _entry("regularised", _STEP, "A weight decay is added that the sheet's rule does not have.",
           "It pulls U and V towards 0, so the loss stays above its minimum.",
           "What does your step do where the error is 0?",
           *(Rule("", update=_decayed(d, with_rate)) for d in (0.1, 0.01, 0.02, 0.001, 0.05, 0.5)
             for with_rate in (True, False)),
           *(Rule("", update=_decayed(d)) for d in (1.0, 0.2, 0.04, 0.002))),
    _entry("factors-kept-nonnegative", _STEP, "Negative entries of U and V are set to 0.",
           "The sheet allows U and V to be negative; otherwise negative entries of A cannot be reached.",
           "Which values can your U[r]·V[c] never take?",
           Rule("", update=_nonnegative)),
    _entry("momentum", _STEP, "Steps carry momentum from earlier cells.",
           "The sheet's rule has none: each step depends only on its own cell.",
           "Does your step at a cell depend on the steps before it?",
           *(Rule("", walk=_momentum(beta, rest)) for beta in (0.9, 0.5, 0.8, 0.95, 0.99, 0.1)
             for rest in (1.0, 1.0 - beta))),
    _entry("step-divided-by-rank", _STEP, "Every step is divided by the rank.",
           "The sheet's step does not depend on the rank.",
           "How does your step change from rank 1 to rank 2?",
           Rule("", update=_divided_by_rank)),
    _entry("step-divided-by-cells", _STEP, "Every step is divided by the number of cells.",
           "The loss is a sum over cells, not their mean, and each step belongs to one cell.",
           "How does your step change when A gets larger?",
           Rule("", epoch=stepwise(_divided_by_cells)), Rule("", epoch=_divided_by_observed)),
)  # fmt: skip
"""What can go wrong in one step of 1.1 and 3.1."""
