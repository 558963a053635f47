"""A known mistake: a tutor's explanation of it, and the rules that reproduce it."""

from collections.abc import Callable
from typing import TypeAlias

from grader.labkit import MisconceptionText
from reference.rules.update_rule import Matrix, Rule

__all__ = ["Misconception", "Step", "stepwise"]

Step: TypeAlias = Callable[[Matrix, Matrix, Matrix, int, int, float, float], None]
"""One cell: A, U, V, r, c, the value to fit, lr; updates U and V in place."""


class Misconception(MisconceptionText, frozen=True):
    """A mistake and the rules that reproduce it; a single matching rule is enough."""

    rules: tuple[Rule, ...]


def stepwise(step: Step) -> Callable[[Rule, Matrix, Matrix | None, Matrix, Matrix, float], None]:
    """Return an epoch that makes this step at every cell that the rule visits."""

    def epoch(rule: Rule, A: Matrix, M: Matrix | None, U: Matrix, V: Matrix, lr: float) -> None:
        for r, c in rule.cells(len(A), len(A[0]), len(U[0])):
            a = A[r][c] if M is None else rule.observe_cell(A[r][c], M[r][c])
            if a is not None:
                step(A, U, V, r, c, a, lr)

    return epoch
