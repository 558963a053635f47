"""Building blocks for mistakes in one step: rows, scaled updates, steps at other rows."""

from typing import Final

from reference.misconceptions.entry import Misconception, Step
from reference.rules.update_rule import Matrix, Row, Rule, Update, difference

__all__ = ["ERROR", "INDEX", "ORDER", "STEP", "at_rows", "dot", "mistake", "plus", "scaled"]

ERROR: Final = "the error of a cell"
STEP: Final = "the step along the gradient"
INDEX: Final = "U has a row for each row of A, V one for each column"
ORDER: Final = "when the error is computed"
"""The concepts that mistakes in one step concern."""


def dot(u: Row, v: Row) -> float:
    """Σ u_k·v_k."""
    return sum(x * y for x, y in zip(u, v, strict=True))


def plus(x: Row, y: Row, s: float) -> Row:
    """x + s·y."""
    return [p + s * q for p, q in zip(x, y, strict=True)]


def scaled(of_u: float | None, of_v: float | None, rate_u: bool = True, rate_v: bool = True) -> Update:
    """Steps of U, then V, each scaled by a factor (None: no step), with or without the learning rate."""

    def update(u: Row, v: Row, e: float, lr: float) -> tuple[Row, Row]:
        if of_u is not None:
            u = plus(u, v, of_u * (lr if rate_u else 1.0) * e)
        if of_v is not None:
            v = plus(v, u, of_v * (lr if rate_v else 1.0) * e)
        return u, v

    return update


def at_rows(
    read_v: str = "c",
    step_u: str = "c",
    add_u: str = "r",
    add_v: str = "c",
    step_v: str = "r",
    read_u: str = "r",
    keep_v: str = "",
    keep_u: str = "",
) -> Step:
    """Return a step with wrong indices.

    e = a − U[read_u]·V[read_v]; U[add_u] += lr·e·V[step_u]; V[add_v] += lr·e·U[step_v]. `keep_u` and `keep_v`
    name another row to add the step to before the sum is stored.
    """

    def step(A: Matrix, U: Matrix, V: Matrix, r: int, c: int, a: float, lr: float) -> None:
        at = {"r": r, "c": c}
        e = difference(a, U[at[read_u]], V[at[read_v]])
        U[at[add_u]] = plus(U[at[keep_u or add_u]], V[at[step_u]], lr * e)
        V[at[add_v]] = plus(V[at[keep_v or add_v]], U[at[step_v]], lr * e)

    return step


def mistake(id_: str, concept: str, title: str, message: str, question: str, *rules: Rule) -> Misconception:
    """A mistake and the rules that reproduce it."""
    return Misconception(id_, title, message, concept, question, rules)
