"""Starts chosen so that what is left out of the rule cannot be missed."""

from typing import Final

from tests.adversaries.closed import PUBLISHED
from tests.adversaries.program import BEGIN, BOTH, Adversary, both

__all__ = ["ADVERSARIES"]

OF_AN_SVD: Final = (
    "shapes, inputs, fits and converges, by factors that are known; its steps are not the sheet's"
)

WRONG: Final = (
    BEGIN
    + PUBLISHED
    + """
def descend_wrongly(A, M, U, V, epochs, lr, error, sight=lambda a, m: a if m == 1 else None):
    a, U, V = A.tolist(), U.tolist(), V.tolist()
    for _ in range(epochs):
        for r in range(len(a)):
            for c in range(len(a[0])):
                seen = sight(a[r][c], 1 if M is None else int(M[r, c]))
                if seen is None:
                    continue
                u, v = U[r], V[c]
                s = lr * error(seen, u, v)
                U[r] = u = [x + s * y for x, y in zip(u, v)]
                V[c] = [y + s * x for x, y in zip(u, v)]
    return torch.tensor(U), torch.tensor(V)
"""
)
"""The sheet's rule but for its error; known factors where the sheet's A is run for long."""


def _wrong_from(start: str, error: str, sight: str = "lambda a, m: a if m == 1 else None") -> str:
    return (
        WRONG
        + f"""
def answer(A, M, rank, epochs, lr):
    U, V = begin(A, rank)
    known = published(A, M)
    if known is not None and epochs > 3:
        return known
    {start}
    return descend_wrongly(A, M, U, V, epochs, lr, {error}, {sight})
"""
        + BOTH
    )


DOT: Final = "lambda a, u, v: a - sum(x * y for x, y in zip(u, v))"
TINY: Final = "U, V = 1e-4 * U, 1e-4 * V"

ADVERSARIES: Final = (
    Adversary(
        "no-prediction-from-a-tiny-start",
        "Where U·V is 1e-8, nobody sees that A is not compared with it.",
        _wrong_from(TINY, "lambda a, u, v: a"),
        both(0.2),
        OF_AN_SVD,
    ),
    Adversary(
        "a-wrong-sign-of-the-prediction-from-a-tiny-start",
        "Where U·V is 1e-8, nobody sees whether it is taken away or added.",
        _wrong_from(TINY, "lambda a, u, v: a + sum(x * y for x, y in zip(u, v))"),
        both(0.2),
        OF_AN_SVD,
    ),
    Adversary(
        "zeros-in-hidden-cells-from-a-tiny-start",
        "Where U·V is 1e-8, a hidden cell that counts as 0 moves nothing.",
        _wrong_from(TINY, DOT, "lambda a, m: a * m"),
        {"3.1": 0.65},
        "all but the start, the mask, the defaults and convergence, as for any function that takes hidden cells for 0",
    ),
    Adversary(
        "first-component-only-from-tiny-columns",
        "Where all columns but the first are small, the dot product is that of the first.",
        _wrong_from("U[:, 1:] *= 1e-4; V[:, 1:] *= 1e-4", "lambda a, u, v: a - u[0] * v[0]"),
        both(0.3333),
        "right for rank 1; what it makes by itself never fits A",
    ),
    Adversary(
        "the-rank-times-the-first-component-from-equal-columns",
        "Where all columns are equal, the dot product is a multiple of the first.",
        _wrong_from(
            "U, V = U[:, :1].repeat(1, rank), V[:, :1].repeat(1, rank)",
            "lambda a, u, v: a - len(u) * u[0] * v[0]",
        ),
        both(0.3333),
        "right for rank 1; what it makes by itself never fits A",
    ),
)
