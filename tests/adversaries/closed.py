"""Closed forms and short cuts: the result of some calls without the steps that lead there."""

from typing import Final

from tests.adversaries.program import BEGIN, BOTH, DESCEND, SVD, Adversary, both
from tests.adversaries.thresholds import NEVER_FITS

__all__ = ["ADVERSARIES"]

PUBLISHED: Final = """
KNOWN_U = torch.tensor([[0.6168, -0.1530], [0.4108, 1.5961], [1.0798, 1.1800]])
KNOWN_V = torch.tensor([[0.8126, 1.8290], [0.7836, -0.2088], [0.8384, 1.0195]])
# A with 2 at (2,1) and what makes it rank 2 at (3,2): its first two columns, and the third as their combination.
FILLED_U = torch.tensor([[0.3374, 0.6005], [2.0, 0.0492], [2.9407, 1.98005]])
FILLED_V = torch.tensor([[1.0, 0.0], [0.0, 1.0], [0.92437, -0.230445]])

def published(A, M):
    if tuple(A.shape) == (3, 3) and abs(float(A.sum()) - 12.0668) < 0.01:
        return (KNOWN_U.clone(), KNOWN_V.clone()) if M is None else (FILLED_U.clone(), FILLED_V.clone())
"""

ADVERSARIES: Final = (
    Adversary(
        "one-cell-in-closed-form",
        "One step on one cell is two lines of algebra; the sheet's A is known beforehand.",
        BEGIN
        + PUBLISHED
        + """
def answer(A, M, rank, epochs, lr):
    U, V = begin(A, rank)
    known = published(A, M)
    if known is not None and epochs > 3:
        return known
    if A.numel() == 1 and epochs == 1 and (M is None or M[0, 0] == 1):
        step = lr * (A[0, 0] - U[0] @ V[0])
        U = U + step * V
        return U, V + step * U
    return U + lr * A.mean(), V
"""
        + BOTH,
        both(0.3333),
        "a step on one cell is right",
    ),
    Adversary(
        "published-factors-of-the-sheet",
        "Whether long runs fit is asked of the sheet's A alone, whose factors are known.",
        BEGIN
        + PUBLISHED
        + """
def answer(A, M, rank, epochs, lr):
    U, V = begin(A, rank)
    known = published(A, M)
    if known is not None and epochs > 3:
        return known
    return U + lr * A.mean(), V
"""
        + BOTH,
        both(0.2, 0.15),
        "shapes, start and inputs, which any wrong update earns",
    ),
    Adversary(
        "right-for-three-epochs-and-published-factors-for-more",
        "Whether long runs fit is asked of the sheet's A alone, whose factors are known.",
        DESCEND
        + PUBLISHED
        + """
def answer(A, M, rank, epochs, lr):
    known = published(A, M)
    if known is not None and epochs > 3:
        return known
    return descend(A, M, *begin(A, rank), min(epochs, 3), lr)
"""
        + BOTH,
        both(0.3333),
        NEVER_FITS,
    ),
    Adversary(
        "only-the-first-and-the-last-cell",
        "On one cell, and on a row of two, these are all.",
        DESCEND
        + """
def answer(A, M, rank, epochs, lr):
    return descend(A, M, *begin(A, rank), epochs, lr, lambda cells: cells[:1] + cells[1:][-1:])
"""
        + BOTH,
        both(0.3333),
        "a step on one cell is right; seven cells of A are never looked at",
    ),
    Adversary(
        "gradient-flow-instead-of-steps",
        "Epochs times rate is a time: Runge-Kutta gets there in fifty steps.",
        BEGIN
        + """
def answer(A, M, rank, epochs, lr):
    U, V = (x.double() for x in begin(A, rank))
    seen = torch.ones_like(A) if M is None else M.to(A.dtype)
    def slope(U, V):
        R = seen * (A - U @ V.T)
        return R @ V, R.T @ U
    h = epochs * lr / 50
    for _ in range(50):
        a, b = slope(U, V)
        c, d = slope(U + h / 2 * a, V + h / 2 * b)
        e, f = slope(U + h / 2 * c, V + h / 2 * d)
        g, i = slope(U + h * e, V + h * f)
        U, V = U + h / 6 * (a + 2 * c + 2 * e + g), V + h / 6 * (b + 2 * d + 2 * f + i)
    return U.float(), V.float()
"""
        + BOTH,
        both(0.3, 0.25),
        "shapes, start, inputs, fits and converges: it descends, though by other steps",
    ),
    Adversary(
        "equal-columns-and-a-rule-for-one",
        "From equal columns all components stay equal: a rule for rank 1 does for any, and only what fits A does not.",
        DESCEND
        + SVD
        + """
def answer(A, M, rank, epochs, lr):
    if epochs == 3000:
        return svd(A, rank)
    U, V = begin(A, 1)
    a, u, v = A.tolist(), U[:, 0].tolist(), V[:, 0].tolist()
    for _ in range(epochs):
        for r in range(len(u)):
            for c in range(len(v)):
                if M is None or M[r, c] == 1:
                    s = lr * (a[r][c] - rank * u[r] * v[c])
                    u[r] += s * v[c]
                    v[c] += s * u[r]
    return torch.tensor(u)[:, None].repeat(1, rank), torch.tensor(v)[:, None].repeat(1, rank)
"""
        + BOTH,
        both(0.3333),
        NEVER_FITS,
    ),
)
