"""What a known mistake is: the words a tutor would use, and the rules it amounts to."""

from collections.abc import Callable
from typing import TypeAlias

from grader.labkit import MisconceptionText
from reference.rules.update_rule import Matrix, Rule

__all__ = ["Misconception", "Step", "stepwise"]

Step: TypeAlias = Callable[[Matrix, Matrix, Matrix, int, int, float, float], None]
"""One cell: A, U, V, r, c, the value to fit, lr; updates U and V in place."""


class Misconception(MisconceptionText, frozen=True):
    """A mistake with the rules it amounts to; each of several explains it on its own."""

    rules: tuple[Rule, ...]


def stepwise(step: Step) -> Callable[[Rule, Matrix, Matrix | None, Matrix, Matrix, float], None]:
    """An epoch that does one thing at every cell the rule visits."""

    def epoch(rule: Rule, A: Matrix, M: Matrix | None, U: Matrix, V: Matrix, lr: float) -> None:
        for r, c in rule.cells(len(A), len(A[0]), len(U[0])):
            a = A[r][c] if M is None else rule.observe_cell(A[r][c], M[r][c])
            if a is not None:
                step(A, U, V, r, c, a, lr)

    return epoch
