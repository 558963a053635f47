"""Mistakes in which cells are visited, and how often."""

from collections.abc import Callable, Iterable
from typing import Final

from reference.misconceptions.entry import Misconception
from reference.rules.update_rule import Cells, Epoch, Matrix, Rule

__all__ = ["LOOPS"]

Cell = tuple[int, int]


def _block(rows: Callable[[int, int, int], range], columns: Callable[[int, int, int], range]) -> Cells:
    def cells(m: int, n: int, rank: int) -> Iterable[Cell]:
        return ((r, c) for r in rows(m, n, rank) for c in columns(m, n, rank))

    return cells


def _m(m: int, n: int, rank: int) -> range:
    return range(m)


def _n(m: int, n: int, rank: int) -> range:
    return range(n)


def _rank(m: int, n: int, rank: int) -> range:
    return range(rank)


def _diagonal(m: int, n: int, rank: int) -> Iterable[Cell]:
    return ((i, i) for i in range(min(m, n)))


def _upper(m: int, n: int, rank: int) -> Iterable[Cell]:
    return ((r, c) for r in range(m) for c in range(r, n))


def _strictly_upper(m: int, n: int, rank: int) -> Iterable[Cell]:
    return ((r, c) for r in range(m) for c in range(r + 1, n))


def _lower(m: int, n: int, rank: int) -> Iterable[Cell]:
    return ((r, c) for r in range(m) for c in range(min(r + 1, n)))


def _off_diagonal(m: int, n: int, rank: int) -> Iterable[Cell]:
    return ((r, c) for r in range(m) for c in range(n) if r != c)


def _last_column(m: int, n: int, rank: int) -> Iterable[Cell]:
    return ((r, n - 1) for r in range(m))


def _last_cell(m: int, n: int, rank: int) -> Iterable[Cell]:
    return ((m - 1, n - 1),)


def _last_row(m: int, n: int, rank: int) -> Iterable[Cell]:
    return ((m - 1, c) for c in range(n))


def _none(m: int, n: int, rank: int) -> Iterable[Cell]:
    return ()


def _min_one(n: int) -> int:
    return min(n, 1)


def _without(skipped: Callable[[float], bool]) -> Epoch:
    """Cells are skipped because of their value."""

    def epoch(rule: Rule, A: Matrix, M: Matrix | None, U: Matrix, V: Matrix, lr: float) -> None:
        for r, c in rule.cells(len(A), len(A[0]), len(U[0])):
            a = A[r][c] if M is None else rule.observe_cell(A[r][c], M[r][c])
            if a is None or skipped(A[r][c]):
                continue
            U[r], V[c] = rule.update(U[r], V[c], rule.error(a, U[r], V[c]), lr)

    return epoch


def _entry(id_: str, title: str, message: str, question: str, *rules: Rule) -> Misconception:
    return Misconception(id_, title, message, "which cells an epoch visits", question, rules)


_EVERY: Final = "An epoch visits every cell of A. "

LOOPS: Final = (
    _entry("rows-over-rank", "The loop over rows runs over the rank.",
           _EVERY + "The rank is the number of columns of U, not of its rows: the remaining rows of U keep their random start.",
           "If A has 5 rows and rank is 2, how many of the rows does your loop reach?",
           Rule("", cells=_block(_rank, _n))),
    _entry("columns-over-rank", "The loop over columns runs over the rank.",
           _EVERY + "The rank is the number of columns of V, not of its rows: the remaining rows of V keep their random start.",
           "How many columns does A have, and how many of them does your loop reach when rank is 2?",
           Rule("", cells=_block(_m, _rank))),
    _entry("cells-over-rank", "Both loops run over the rank.",
           _EVERY + "Only the corner of A with `rank` rows and columns is ever used.",
           "Which rows and columns of a 5×4 matrix do your loops reach when rank is 2?",
           Rule("", cells=_block(_rank, _rank))),
    _entry("first-row-skipped", "The first row of A is never visited.",
           _EVERY + "Python counts from 0, so a loop that starts at 1 skips the first row.",
           "What is the index of the first row in Python, and what is the first index in your loop?",
           Rule("", cells=_block(lambda m, n, k: range(1, m), _n))),
    _entry("first-column-skipped", "The first column of A is never visited.",
           _EVERY + "Python counts from 0, so a loop that starts at 1 skips the first column.",
           "What is the index of the first column in Python, and what is the first index in your loop?",
           Rule("", cells=_block(_m, lambda m, n, k: range(1, n)))),
    _entry("first-row-and-column-skipped", "The first row and the first column of A are never visited.",
           _EVERY + "Python counts from 0, so loops that start at 1 skip them.",
           "What is the first cell that your loops reach?",
           Rule("", cells=_block(lambda m, n, k: range(1, m), lambda m, n, k: range(1, n)))),
    _entry("last-row-skipped", "The last row of A is never visited.",
           _EVERY + "A `range` already excludes its end, so subtracting 1 loses a row.",
           "What is the last row that your loop visits when A has 3 rows?",
           Rule("", cells=_block(lambda m, n, k: range(m - 1), _n))),
    _entry("last-column-skipped", "The last column of A is never visited.",
           _EVERY + "A `range` already excludes its end, so subtracting 1 loses a column.",
           "What is the last column that your loop visits when A has 3 columns?",
           Rule("", cells=_block(_m, lambda m, n, k: range(n - 1)))),
    _entry("last-row-and-column-skipped", "The last row and the last column of A are never visited.",
           _EVERY + "A `range` already excludes its end, so subtracting 1 loses a row and a column.",
           "What is the last cell that your loops reach when A is 3×3?",
           Rule("", cells=_block(lambda m, n, k: range(m - 1), lambda m, n, k: range(n - 1)))),
    _entry("loop-bounds-swapped", "The numbers of rows and columns are swapped in the loops.",
           "The loop over rows counts columns and vice versa, or a running index is divided by the wrong one of the two. With a square matrix, this goes unnoticed.",
           "What do your two loops count up to when A has 2 rows and 5 columns?",
           Rule("", cells=_block(_n, _m))),
    _entry("columns-over-rows", "The loop over columns runs over the number of rows.",
           _EVERY + "With a square matrix, this goes unnoticed.",
           "How far does your inner loop count when A has 2 rows and 5 columns?",
           Rule("", cells=_block(_m, _m))),
    _entry("rows-over-columns", "The loop over rows runs over the number of columns.",
           _EVERY + "With a square matrix, this goes unnoticed.",
           "How far does your outer loop count when A has 2 rows and 5 columns?",
           Rule("", cells=_block(_n, _n))),
    _entry("diagonal-only", "Only the cells on the diagonal are visited.",
           _EVERY + "Going through rows and columns in parallel gives only the pairs (0,0), (1,1) and so on.",
           "Which pairs (r, c) does your code visit on a 2×2 matrix?",
           Rule("", cells=_diagonal)),
    _entry("upper-triangle-only", "Cells below the diagonal are never visited.",
           _EVERY + "A loop over columns that starts at r skips all columns before it.",
           "At which column does your inner loop begin in the last row?",
           Rule("", cells=_upper)),
    _entry("strict-upper-triangle-only", "Only cells above the diagonal are visited.",
           _EVERY + "A loop over columns that starts after r skips the diagonal and everything below it.",
           "At which column does your inner loop begin in the first row?",
           Rule("", cells=_strictly_upper)),
    _entry("lower-triangle-only", "Cells above the diagonal are never visited.",
           _EVERY + "A loop over columns that ends at r skips all columns after it.",
           "At which column does your inner loop end in the first row?",
           Rule("", cells=_lower)),
    _entry("diagonal-skipped", "The cells on the diagonal are never visited.",
           _EVERY + "Nothing is special about the cells with r = c.",
           "What does your code do at the cell (0, 0)?",
           Rule("", cells=_off_diagonal)),
    _entry("updates-outside-column-loop", "Only the last column of each row is used.",
           _EVERY + "A step placed after the loop over columns instead of inside it runs once per row, with the last value of c.",
           "How often does your update run in one row, and with which value of c?",
           Rule("", cells=_last_column)),
    _entry("updates-outside-row-loop", "Only the last cell of A is used.",
           _EVERY + "A step placed after both loops instead of inside them runs once per epoch.",
           "How often does your update run in one epoch?",
           Rule("", cells=_last_cell)),
    _entry("last-row-only", "Only the last row of A is used.",
           _EVERY + "A loop over columns placed after the loop over rows sees only the last value of r.",
           "How often does your loop over columns run in one epoch, and with which r?",
           Rule("", cells=_last_row)),
    _entry("return-inside-row-loop", "Only the first row is ever visited.",
           "Something ends the whole run after the first row, such as a `return` inside the loop over rows.",
           "What does your code do when the first row is done?",
           Rule("", cells=_block(lambda m, n, k: range(min(m, 1)), _n), epochs=_min_one)),
    _entry("first-row-only", "In every epoch only the first row is visited.",
           _EVERY + "Something ends the loop over rows after its first iteration.",
           "What happens in your code when the first row is done?",
           Rule("", cells=_block(lambda m, n, k: range(min(m, 1)), _n))),
    _entry("return-inside-column-loop", "Only the first cell is ever visited.",
           "Something ends the whole run after one step, such as a `return` inside the innermost loop.",
           "What does your code do when the first cell is done?",
           Rule("", cells=_block(lambda m, n, k: range(1), lambda m, n, k: range(1)), epochs=_min_one)),
    _entry("first-column-only", "In every row only the first column is visited.",
           _EVERY + "Something ends the loop over columns after its first iteration.",
           "What happens in your code when the first cell of a row is done?",
           Rule("", cells=_block(_m, lambda m, n, k: range(1)))),
    _entry("update-not-written-back", "Neither U nor V ever changes.",
           "The results of the steps are not stored in U and V, which are returned as they were drawn.",
           "After one step, which entry of U has changed?",
           Rule("", cells=_none)),
    _entry("zero-cells-skipped", "Cells of A that contain 0 are skipped.",
           "A zero is a value like any other: the product has to be 0 there.",
           "What should U[r]·V[c] become where A[r,c] is 0?",
           Rule("", epoch=_without(lambda a: a == 0))),
    _entry("cells-not-above-zero-skipped", "Cells of A that contain 0 or less are skipped.",
           "A negative number is a value like any other, and so is 0: the product has to equal it there.",
           "What does your code do at a cell of A that contains -1?",
           Rule("", epoch=_without(lambda a: a <= 0)), Rule("", epoch=_without(lambda a: a < 0))),
)  # fmt: skip
"""Mistakes in the loops of 1.1 and 3.1."""
