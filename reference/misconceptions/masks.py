"""Mistakes in the use of the mask, in 3.1 only."""

import math
from collections.abc import Callable
from typing import Final

from reference import data
from reference.misconceptions.entry import Misconception
from reference.misconceptions.step_parts import plus
from reference.rules.update_rule import Matrix, Rule

__all__ = ["MASKS"]

Masks = tuple[Matrix, Matrix | None]


def _mask(of_cell: Callable[[Matrix, Matrix, int, int], float]) -> Callable[[Matrix, Matrix | None], Masks]:
    """The mask is replaced by another one: `of_cell` gives its value at (r, c) for A, M, r, c."""

    def prepare(A: Matrix, M: Matrix | None) -> Masks:
        if M is None:
            return A, M
        return A, [[of_cell(A, M, r, c) for c in range(len(A[0]))] for r in range(len(A))]

    return prepare


def _filled(value: Callable[[list[float]], float]) -> Callable[[Matrix, Matrix | None], Masks]:
    """Hidden cells are filled with a value computed from the observed ones, and then fitted."""

    def prepare(A: Matrix, M: Matrix | None) -> Masks:
        if M is None:
            return A, M
        seen = [a for row, mask in zip(A, M, strict=True) for a, o in zip(row, mask, strict=True) if o == 1]
        fill = value(seen)
        filled = [
            [a if o == 1 else fill for a, o in zip(row, mask, strict=True)]
            for row, mask in zip(A, M, strict=True)
        ]
        return filled, [[1.0] * len(row) for row in A]

    return prepare


def _counted(A: Matrix, M: Matrix, r: int, c: int) -> float:
    return float(c < sum(M[r]))


def _whole_rows(A: Matrix, M: Matrix, r: int, c: int) -> float:
    return float(all(o == 1 for o in M[r]))


def _whole_columns(A: Matrix, M: Matrix, r: int, c: int) -> float:
    return float(all(row[c] == 1 for row in M))


def _any_in_row(A: Matrix, M: Matrix, r: int, c: int) -> float:
    return float(any(o == 1 for o in M[r]))


def _stops_at_hidden(rule: Rule, A: Matrix, M: Matrix | None, U: Matrix, V: Matrix, lr: float) -> None:
    for r, row in enumerate(A):
        for c, a in enumerate(row):
            if M is not None and M[r][c] != 1:
                break
            U[r], V[c] = rule.update(U[r], V[c], rule.error(a, U[r], V[c]), lr)


def _epoch_ends_at_hidden(rule: Rule, A: Matrix, M: Matrix | None, U: Matrix, V: Matrix, lr: float) -> None:
    for r, c in rule.cells(len(A), len(A[0]), len(U[0])):
        if M is not None and M[r][c] != 1:
            return
        U[r], V[c] = rule.update(U[r], V[c], rule.error(A[r][c], U[r], V[c]), lr)


def _returns_at_hidden(
    rule: Rule, A: Matrix, M: Matrix | None, U: Matrix, V: Matrix, epochs: int, lr: float
) -> None:
    hides = M is not None and any(o != 1 for row in M for o in row)
    for _ in range(min(epochs, 1) if hides else epochs):
        _epoch_ends_at_hidden(rule, A, M, U, V, lr)


def _crossed(rule: Rule, A: Matrix, M: Matrix | None, U: Matrix, V: Matrix, lr: float) -> None:
    """The row and column indices of the observed cells are combined in all ways instead of in pairs."""
    seen = [(r, c) for r, c in rule.cells(len(A), len(A[0]), len(U[0])) if M is None or M[r][c] == 1]
    for r in [r for r, _ in seen]:
        for c in [c for _, c in seen]:
            U[r], V[c] = rule.update(U[r], V[c], rule.error(A[r][c], U[r], V[c]), lr)


def _moved_left(A: Matrix, M: Matrix | None) -> Masks:
    """The observed values of a row are moved to its first columns."""
    if M is None:
        return A, M
    kept = [[a for a, o in zip(row, mask, strict=True) if o == 1] for row, mask in zip(A, M, strict=True)]
    width = len(A[0])
    return (
        [[*row, *[0.0] * (width - len(row))] for row in kept],
        [[1.0] * len(row) + [0.0] * (width - len(row)) for row in kept],
    )


def _one_factor_masked(masked: str) -> Callable[..., None]:
    def epoch(rule: Rule, A: Matrix, M: Matrix | None, U: Matrix, V: Matrix, lr: float) -> None:
        for r, c in rule.cells(len(A), len(A[0]), len(U[0])):
            e = rule.error(A[r][c], U[r], V[c])
            hidden = M is not None and M[r][c] != 1
            if not (hidden and masked == "U"):
                U[r] = plus(U[r], V[c], lr * e)
            if not (hidden and masked == "V"):
                V[c] = plus(V[c], U[r], lr * e)

    return epoch


def _prediction_masked(rule: Rule, A: Matrix, M: Matrix | None, U: Matrix, V: Matrix, lr: float) -> None:
    for r, c in rule.cells(len(A), len(A[0]), len(U[0])):
        o = 1.0 if M is None else M[r][c]
        e = A[r][c] - o * (A[r][c] - rule.error(A[r][c], U[r], V[c]))
        U[r], V[c] = rule.update(U[r], V[c], e, lr)


def _stale_at_hidden(initial: float | None) -> Callable[..., None]:
    """Hidden cells use the error of the last observed cell; `initial` is the error before there is one."""

    def run(rule: Rule, A: Matrix, M: Matrix | None, U: Matrix, V: Matrix, epochs: int, lr: float) -> None:
        e = initial
        for _ in range(rule.epochs(epochs)):
            for r, c in rule.cells(len(A), len(A[0]), len(U[0])):
                if M is None or M[r][c] == 1:
                    e = rule.error(A[r][c], U[r], V[c])
                if e is None:
                    raise IndexError("the error is used before there is one")
                U[r], V[c] = rule.update(U[r], V[c], e, lr)

    return run


def _first_epoch_only(
    rule: Rule, A: Matrix, M: Matrix | None, U: Matrix, V: Matrix, epochs: int, lr: float
) -> None:
    for number in range(rule.epochs(epochs)):
        rule.epoch(rule, A, M if number == 0 else None, U, V, lr)


def _nan_at_hidden(rule: Rule, A: Matrix, M: Matrix | None, U: Matrix, V: Matrix, lr: float) -> None:
    for r, c in rule.cells(len(A), len(A[0]), len(U[0])):
        e = rule.error(A[r][c], U[r], V[c]) if M is None or M[r][c] == 1 else math.nan
        U[r], V[c] = rule.update(U[r], V[c], e, lr)


def _sheet_mask(A: Matrix, M: Matrix, r: int, c: int) -> float:
    return float(data.M.tolist()[r][c])


def _entry(id_: str, title: str, message: str, question: str, *rules: Rule) -> Misconception:
    return Misconception(id_, title, message, "what a mask hides", question, rules)


_HIDDEN: Final = "A cell whose mask is 0 has no known value: it must move neither U nor V. "

MASKS: Final = (
    _entry("mask-ignored", "The mask is not used: hidden cells are fitted like the others.",
           _HIDDEN + "Here, the values at hidden cells are learnt as well.",
           "Where does your step check the mask?",
           Rule("", observe_cell=lambda a, o: a)),
    _entry("mask-inverted", "The mask is read the wrong way round: only hidden cells are fitted.",
           "1 marks the cells that are observed, 0 those that are hidden.",
           "At a cell whose mask is 1, does your code update or skip?",
           Rule("", observe_cell=lambda a, o: a if o == 0 else None)),
    _entry("mask-never-true", "Nothing is ever updated: U and V are returned as they were drawn.",
           "The step is never reached, for example because a condition on the mask is true for neither 0 nor 1, or its result is not stored.",
           "For which values of the mask is your condition true, and where is the result of a step stored?",
           Rule("", observe_cell=lambda a, o: None)),
    _entry("zero-filled", "Hidden cells are fitted as if they contained 0.",
           _HIDDEN + "A hidden value is not the value 0: the product is pulled towards 0 there.",
           "What is your error at a hidden cell, and what should it be?",
           Rule("", observe_cell=lambda a, o: a if o == 1 else 0.0)),
    _entry("mean-filled", "Hidden cells are filled with the mean of the observed ones and fitted.",
           _HIDDEN + "A guess that fills a hidden cell is learnt as if it had been observed.",
           "Which value does your code fit at a hidden cell?",
           Rule("", prepare=_filled(lambda seen: sum(seen) / len(seen) if seen else math.nan)),
           Rule("", prepare=_filled(lambda seen: sum(seen) / len(seen) if seen else 0.0))),
    _entry("one-filled", "Hidden cells are fitted as if they contained 1.",
           _HIDDEN + "A value that fills a hidden cell is learnt as if it had been observed.",
           "Which value does your code fit at a hidden cell?",
           Rule("", observe_cell=lambda a, o: a if o == 1 else 1.0)),
    _entry("mask-from-a-nonzero", "Cells are skipped because of their value instead of the mask.",
           "M says whether a cell is hidden, whatever A contains there: an observed 0 counts, and a hidden 5 does not.",
           "What does your code do where A is 0 and the mask is 1?",
           Rule("", prepare=_mask(lambda A, M, r, c: float(A[r][c] != 0))),
           Rule("", prepare=_mask(lambda A, M, r, c: float(A[r][c] > 0)))),
    _entry("mask-indexed-transposed", "The mask is read with row and column swapped.",
           "The entry of M for cell (r, c) is in row r and column c, as in A.",
           "Which entry of M belongs to the cell in row 0 and column 1 of A?",
           Rule("", prepare=_mask(lambda A, M, r, c: M[c][r]))),
    _entry("mask-first-column-only", "The first column of the mask decides for the whole row.",
           "Every cell has its own entry in the mask.",
           "Does your condition depend on the column?",
           Rule("", prepare=_mask(lambda A, M, r, c: M[r][0]))),
    _entry("mask-first-row-only", "The first row of the mask decides for the whole column.",
           "Every cell has its own entry in the mask.",
           "Does your condition depend on the row?",
           Rule("", prepare=_mask(lambda A, M, r, c: M[0][c]))),
    _entry("mask-read-on-diagonal", "The diagonal of the mask decides for whole rows or columns.",
           "Every cell has its own entry in the mask.",
           "Which entry of M does your code read at the cell (0, 1)?",
           Rule("", prepare=_mask(lambda A, M, r, c: M[r][r])), Rule("", prepare=_mask(lambda A, M, r, c: M[c][c]))),
    _entry("mask-counted-not-indexed", "The observed cells of a row are counted instead of looked up.",
           "A row with two observed cells need not have them in its first two columns.",
           "Which cells does your code visit if the mask of a row is (0, 1, 1)?",
           Rule("", prepare=_mask(_counted))),
    _entry("observed-values-moved-left", "The observed values of a row are fitted in its first columns.",
           "Extracting the observed values of a row closes the gaps, so a value's position among them is not its column.",
           "In a row with the mask (0, 1, 1), which column of A does the first observed value come from?",
           Rule("", prepare=_moved_left)),
    _entry("observed-rows-crossed-with-columns", "Every row with an observed cell is paired with every such column.",
           "The indices of rows and columns form pairs: the first row index belongs to the first column index.",
           "How many pairs does your code visit if three cells are observed?",
           Rule("", epoch=_crossed)),
    _entry("rows-with-hidden-cells-dropped", "A row with any hidden cell is skipped entirely.",
           "The observed cells of such a row still count.",
           "What does your code do at an observed cell beside a hidden one?",
           Rule("", prepare=_mask(_whole_rows))),
    _entry("columns-with-hidden-cells-dropped", "A column with any hidden cell is skipped entirely.",
           "The observed cells of such a column still count.",
           "What does your code do at an observed cell below a hidden one?",
           Rule("", prepare=_mask(_whole_columns))),
    _entry("mask-any-in-row", "A row with any observed cell is fitted as a whole.",
           _HIDDEN + "The mask has to be checked cell by cell.",
           "Does your condition depend on the column?",
           Rule("", prepare=_mask(_any_in_row))),
    _entry("global-mask-used", "The sheet's mask is used instead of the argument.",
           "The function has to work for any mask it is given.",
           "What changes in your result when the function is called with another mask?",
           Rule("", prepare=_mask(_sheet_mask))),
    _entry("break-at-hidden-cell", "A row ends at its first hidden cell.",
           "The cells after the hidden one are never visited; `break` leaves the loop; it does not skip one iteration.",
           "Which cells does your code visit if the mask of a row is (1, 0, 1)?",
           Rule("", epoch=_stops_at_hidden)),
    _entry("epoch-ends-at-hidden-cell", "An epoch ends at the first hidden cell.",
           "The cells after the hidden one are never visited.",
           "What does your code do right after a hidden cell?",
           Rule("", epoch=_epoch_ends_at_hidden)),
    _entry("returns-at-hidden-cell", "The function ends at the first hidden cell.",
           "`return` leaves the function; nothing after the hidden cell is ever visited.",
           "What does your code do right after a hidden cell?",
           Rule("", run=_returns_at_hidden)),
    _entry("mask-on-u-update-only", "Hidden cells still move V.",
           _HIDDEN + "Here, only the update of U checks the mask.",
           "Which of your two updates are under the condition?",
           Rule("", epoch=_one_factor_masked("U"))),
    _entry("mask-on-v-update-only", "Hidden cells still move U.",
           _HIDDEN + "Here, only the update of V checks the mask.",
           "Which of your two updates are under the condition?",
           Rule("", epoch=_one_factor_masked("V"))),
    _entry("mask-on-prediction-only", "The mask is applied to the prediction but not to A.",
           _HIDDEN + "If only the prediction is masked, the error at a hidden cell is the cell's value.",
           "What is your error at a hidden cell?",
           Rule("", epoch=_prediction_masked)),
    _entry("stale-error-at-hidden-cells", "At hidden cells, the error of the previous cell is used again.",
           _HIDDEN + "Not computing a new e does not stop the updates.",
           "Which lines run at a hidden cell, and with which e?",
           *(Rule("", run=_stale_at_hidden(initial)) for initial in (None, 0.0))),
    _entry("mask-first-epoch-only", "The mask is used only in the first epoch.",
           _HIDDEN + "The mask applies in every epoch.",
           "What is different in your second epoch?",
           Rule("", run=_first_epoch_only)),
    _entry("nan-at-hidden-cells", "Hidden cells contain NaN, which spreads to U and V.",
           "0 times NaN is NaN, so multiplying by the mask does not keep it out.",
           "What is 0 · NaN?",
           Rule("", epoch=_nan_at_hidden)),
)  # fmt: skip
"""Mistakes in the mask of 3.1."""
