"""Mistakes in the gradient step: the update of U[r], the update of V[c]."""

from typing import Final

from reference.misconceptions.entry import stepwise
from reference.misconceptions.step_parts import INDEX, STEP, at_rows, mistake, plus, scaled
from reference.rules.update_rule import EpochRun, Matrix, Row, Rule, Update, difference

__all__ = ["STEPS"]


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


def _all_rows_of_u(A: Matrix, U: Matrix, V: Matrix, r: int, c: int, a: float, lr: float) -> None:
    e = difference(a, U[r], V[c])
    for i in range(len(U)):
        U[i] = plus(U[i], V[c], lr * e)
    V[c] = plus(V[c], U[r], lr * e)


def _all_rows_of_v(A: Matrix, U: Matrix, V: Matrix, r: int, c: int, a: float, lr: float) -> None:
    e = difference(a, U[r], V[c])
    U[r] = plus(U[r], V[c], lr * e)
    for j in range(len(V)):
        V[j] = plus(V[j], U[r], lr * e)


def _divided_by_cells(A: Matrix, U: Matrix, V: Matrix, r: int, c: int, a: float, lr: float) -> None:
    e = difference(a, U[r], V[c]) / (len(A) * len(A[0]))
    U[r] = plus(U[r], V[c], lr * e)
    V[c] = plus(V[c], U[r], lr * e)


def _divided_by_observed(rule: Rule, A: Matrix, M: Matrix | None, U: Matrix, V: Matrix, lr: float) -> None:
    count = sum(map(sum, M)) if M is not None else len(A) * len(A[0])
    for r, c in rule.cells(len(A), len(A[0]), len(U[0])):
        a = A[r][c] if M is None else rule.observe_cell(A[r][c], M[r][c])
        if a is not None:
            U[r], V[c] = rule.update(U[r], V[c], rule.error(a, U[r], V[c]) / count, lr)


def _v_after_the_row(rule: Rule, A: Matrix, M: Matrix | None, U: Matrix, V: Matrix, lr: float) -> None:
    last: tuple[int, float] | None = None
    for r in range(len(A)):
        for c in range(len(A[0])):
            a = A[r][c] if M is None else rule.observe_cell(A[r][c], M[r][c])
            if a is not None:
                last = c, rule.error(a, U[r], V[c])
                U[r] = plus(U[r], V[c], lr * last[1])
        if last is not None:
            c = len(A[0]) - 1 if M is None else last[0]
            V[c] = plus(V[c], U[r], lr * last[1])


def _momentum(beta: float, rest: float) -> EpochRun:
    def run(rule: Rule, A: Matrix, M: Matrix | None, U: Matrix, V: Matrix, epochs: int, lr: float) -> None:
        pU, pV = [[0.0] * len(row) for row in U], [[0.0] * len(row) for row in V]
        for _ in range(rule.epochs(epochs)):
            for r, c in rule.cells(len(A), len(A[0]), len(U[0])):
                a = A[r][c] if M is None else rule.observe_cell(A[r][c], M[r][c])
                if a is None:
                    continue
                e = rule.error(a, U[r], V[c])
                pU[r] = [beta * p + rest * lr * e * y for p, y in zip(pU[r], V[c], strict=True)]
                U[r] = plus(U[r], pU[r], 1.0)
                pV[c] = [beta * p + rest * lr * e * x for p, x in zip(pV[c], U[r], strict=True)]
                V[c] = plus(V[c], pV[c], 1.0)

    return run


STEPS: Final = (
    mistake("only-u-updated", STEP, "V never changes.", "Each cell moves both its row of U and its row of V.",
           "Which entries of V are different after one epoch?", Rule("", update=scaled(1.0, None))),
    mistake("only-v-updated", STEP, "U never changes.", "Each cell moves both its row of U and its row of V.",
           "Which entries of U are different after one epoch?", Rule("", update=scaled(None, 1.0))),
    mistake("factor-two", STEP, "Every step is twice as long as the sheet's.",
           "The derivative of e² has a factor 2, but the sheet's rule includes it in the learning rate.",
           "Which number is in front of lr·e on the sheet?",
           Rule("", update=scaled(2.0, 2.0))),
    mistake("half-step", STEP, "Every step is half as long as the sheet's.",
           "The sheet's rule has no factor ½.", "Which number is in front of lr·e on the sheet?",
           Rule("", update=scaled(0.5, 0.5))),
    mistake("factor-two-one-update", STEP, "One of the two steps is twice as long as the other.",
           "Both steps have the same form, lr times e times the other factor's row.",
           "Which number is in front of lr·e in each of your two updates?",
           Rule("", update=scaled(2.0, 1.0)), Rule("", update=scaled(1.0, 2.0))),
    mistake("half-step-one-update", STEP, "One of the two steps is half as long as the other.",
           "Both steps have the same form, lr times e times the other factor's row.",
           "Which number is in front of lr·e in each of your two updates?",
           Rule("", update=scaled(0.5, 1.0)), Rule("", update=scaled(1.0, 0.5))),
    mistake("u-update-sign-flipped", STEP, "The step of U goes the wrong way.",
           "Both steps must make the error smaller; here, the step of U makes it larger.",
           "If the prediction is too small, does your step of U make it larger?",
           Rule("", update=scaled(-1.0, 1.0))),
    mistake("v-update-sign-flipped", STEP, "The step of V goes the wrong way.",
           "Both steps must make the error smaller; here, the step of V makes it larger.",
           "If the prediction is too small, does your step of V make it larger?",
           Rule("", update=scaled(1.0, -1.0))),
    mistake("lr-missing", STEP, "The learning rate is left out of both steps.",
           "Without it, the steps are a hundred times too long, and the run diverges.",
           "What changes in your steps when lr is halved?",
           Rule("", update=scaled(1.0, 1.0, rate_u=False, rate_v=False))),
    mistake("lr-missing-in-one-update", STEP, "The learning rate is left out of one of the two steps.",
           "Both steps are scaled by lr; without it, the steps of one factor are far too long.",
           "What changes in each of your two updates when lr is halved?",
           Rule("", update=scaled(1.0, 1.0, rate_u=False)), Rule("", update=scaled(1.0, 1.0, rate_v=False))),
    mistake("lr-hard-coded", STEP, "The learning rate is a constant, whatever is requested.",
           "The parameter lr has no effect on the steps.",
           "What changes in your result when the function is called with lr=0?",
           *(Rule("", update=_fixed_rate(rate)) for rate in (0.01, 0.05, 0.1, 0.001, 0.02, 0.005, 0.5))),
    mistake("lr-applied-twice", STEP, "Each step is multiplied by the learning rate twice.",
           "With lr = 0.01, the steps become a hundred times too short.",
           "How many times does one of your steps use lr?",
           Rule("", update=_rates(2, 2))),
    mistake("lr-applied-twice-in-one-update", STEP, "One of the two steps is multiplied by the learning rate twice.",
           "With lr = 0.01, that step becomes a hundred times too short.",
           "How many times does each of your two updates use lr?",
           Rule("", update=_rates(2, 1)), Rule("", update=_rates(1, 2))),
    mistake("error-missing-in-both-updates", STEP, "The steps do not use the error.",
           "Without e, the steps go on for ever, even if the fit is perfect.",
           "How long is your step if the prediction is already right?",
           Rule("", update=_without_error(True, True))),
    mistake("error-missing-in-one-update", STEP, "The error is left out of one of the two steps.",
           "Without e, the steps go on for ever, even if the fit is perfect.",
           "How long are your two steps if the prediction is already right?",
           Rule("", update=_without_error(True, False)), Rule("", update=_without_error(False, True))),
    mistake("other-factor-missing", STEP, "The row of the other factor is left out of the step.",
           "The gradient of e² with respect to U[r] points along V[c]; without it every component gets the same step.",
           "Along which vector does your step move U[r]?",
           Rule("", update=_without_factor(True, True)), Rule("", update=_without_factor(True, False)),
           Rule("", update=_without_factor(False, True))),
    mistake("update-assigned", STEP, "U or V is replaced by the step instead of changed by it.",
           "Everything learnt before is thrown away at every cell.",
           "After each of your updates, does the row still contain its earlier values?",
           Rule("", update=_replaced), Rule("", update=_replaced_u), Rule("", update=_replaced_v)),
    mistake("u-updated-with-itself", STEP, "The step of U goes along U instead of along V.",
           "The gradient of e² with respect to U[r] points along V[c].",
           "What is the derivative of U[r]·V[c] with respect to U[r]?",
           Rule("", update=_own(True, False))),
    mistake("v-updated-with-itself", STEP, "The step of V goes along V instead of along U.",
           "The gradient of e² with respect to V[c] points along U[r].",
           "What is the derivative of U[r]·V[c] with respect to V[c]?",
           Rule("", update=_own(False, True))),
    mistake("own-factors", STEP, "U is updated with U, and V with V.",
           "The gradient of e² with respect to one factor points along the other.",
           "What is the derivative of U[r]·V[c] with respect to U[r]?",
           Rule("", update=_own(True, True))),
    mistake("u-updated-with-v-row-index", INDEX, "The step of U uses row r of V instead of row c.",
           "V has one row for each column of A, so it is addressed by the column.",
           "Which row of V belongs to column c of A?",
           Rule("", epoch=stepwise(at_rows(step_u="r")))),
    mistake("v-updated-with-u-column-index", INDEX, "The step of V uses row c of U instead of row r.",
           "U has one row for each row of A, so it is addressed by the row.",
           "Which row of U belongs to row r of A?",
           Rule("", epoch=stepwise(at_rows(step_v="c")))),
    mistake("v-incremented-at-row-index", INDEX, "The step of V is added to row r of V instead of row c.",
           "V has one row for each column of A, so it is addressed by the column.",
           "Which row of V belongs to column c of A?",
           Rule("", epoch=stepwise(at_rows(add_v="r")))),
    mistake("v-updated-at-row-index", INDEX, "The new V[c] is stored in row r of V.",
           "V has one row for each column of A, so it is addressed by the column.",
           "Which row of V does your update read, and which does it write?",
           Rule("", epoch=stepwise(at_rows(add_v="r", keep_v="c")))),
    mistake("u-incremented-at-column-index", INDEX, "The step of U is added to row c of U instead of row r.",
           "U has one row for each row of A, so it is addressed by the row.",
           "Which row of U belongs to row r of A?",
           Rule("", epoch=stepwise(at_rows(add_u="c"))), Rule("", epoch=stepwise(at_rows(add_u="c", keep_u="r")))),
    mistake("u-all-rows-updated", INDEX, "The step of one cell changes every row of U.",
           "The cell (r, c) depends on row r of U only.",
           "How many rows of U change when a single cell is visited?",
           Rule("", epoch=stepwise(_all_rows_of_u))),
    mistake("v-all-rows-updated", INDEX, "The step of one cell changes every row of V.",
           "The cell (r, c) depends on row c of V only.",
           "How many rows of V change when a single cell is visited?",
           Rule("", epoch=stepwise(_all_rows_of_v))),
    mistake("v-update-outside-column-loop", STEP, "V changes only for the last column of each row.",
           "A line placed after the loop over columns instead of inside it runs once per row, with the last value of c.",
           "How often does your update of V run in one row?",
           Rule("", epoch=_v_after_the_row)),
    mistake("regularised", STEP, "The step includes a weight decay that the sheet's rule does not have.",
           "It pulls U and V towards 0, so the loss stays above its minimum.",
           "What does your step do if the error is 0?",
           *(Rule("", update=_decayed(d, with_rate)) for d in (0.1, 0.01, 0.02, 0.001, 0.05, 0.5)
             for with_rate in (True, False)),
           *(Rule("", update=_decayed(d)) for d in (1.0, 0.2, 0.04, 0.002))),
    mistake("factors-kept-nonnegative", STEP, "Negative entries of U and V are set to 0.",
           "The sheet allows U and V to be negative; otherwise negative entries of A cannot be reached.",
           "Which values can your U[r]·V[c] never take?",
           Rule("", update=_nonnegative)),
    mistake("momentum", STEP, "Steps carry momentum from earlier cells.",
           "The sheet's rule has none: each step depends only on its own cell.",
           "Does your step at a cell depend on the steps before it?",
           *(Rule("", run=_momentum(beta, rest)) for beta in (0.9, 0.5, 0.8, 0.95, 0.99, 0.1)
             for rest in (1.0, 1.0 - beta))),
    mistake("step-divided-by-rank", STEP, "Every step is divided by the rank.",
           "The sheet's step does not depend on the rank.",
           "How does your step change from rank 1 to rank 2?",
           Rule("", update=_divided_by_rank)),
    mistake("step-divided-by-cells", STEP, "Every step is divided by the number of cells.",
           "The loss is a sum over cells, not their mean, and each step belongs to one cell.",
           "How does your step change when A gets larger?",
           Rule("", epoch=stepwise(_divided_by_cells)), Rule("", epoch=_divided_by_observed)),
)  # fmt: skip
"""Mistakes in the two updates of 1.1 and 3.1."""
