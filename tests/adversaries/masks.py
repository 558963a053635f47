"""3.1 without what is new in it: the mask."""

from typing import Final

from tests.adversaries.program import BEGIN, DESCEND, SVD, Adversary

__all__ = ["ADVERSARIES"]


def _masked(body: str) -> str:
    return f"def sgd_factorise_masked(A, M, rank, num_epochs=1000, lr=0.01):\n{body}"


ADVERSARIES: Final = (
    Adversary(
        "1.1-under-another-name",
        "Most checks of 3.1 hide nothing.",
        DESCEND + _masked("    return descend(A, None, *begin(A, rank), num_epochs, lr)\n"),
        {"3.1": 0.6},
        "the descent of 1.1 is in it: all but the mask, the defaults and convergence",
    ),
    Adversary(
        "1.1-with-zeros-in-hidden-cells",
        "Zeros do not depend on what was hidden.",
        DESCEND + _masked("    return descend(A * (M == 1), None, *begin(A, rank), num_epochs, lr)\n"),
        {"3.1": 0.7},
        "the same, and what stands at hidden cells does not matter",
    ),
    Adversary(
        "1.1-where-the-mask-hides-nothing-and-the-start-elsewhere",
        "From a mask that hides something nothing needs to be learned.",
        DESCEND
        + _masked(
            """    U, V = begin(A, rank)
    if bool((M != 1).any()):
        return U + lr, V
    return descend(A, None, U, V, num_epochs, lr)
"""
        ),
        {"3.1": 0.3333},
        "1.1 without a mask never completes anything; its independence of hidden values is that of all values",
    ),
    Adversary(
        "right-steps-with-a-mask-and-completed-by-an-svd",
        "The sheet's observed cells have many completions, and 2 in both hidden cells is nearly one.",
        DESCEND
        + SVD
        + _masked(
            """    if num_epochs > 3:
        return svd(torch.where(M == 1, A, torch.full_like(A, 2.0)), rank)
    return descend(A, M, *begin(A, rank), num_epochs, lr)
"""
        ),
        {"3.1": 0.3333},
        "right steps are there, but those it makes by itself never fit A",
    ),
    Adversary(
        "one-cell-and-nothing-read-of-masks",
        "Where nothing of A is read, hidden values cannot matter.",
        BEGIN
        + _masked(
            """    U, V = begin(A, rank)
    if A.numel() == 1 and bool(M.all()):
        for _ in range(num_epochs):
            s = lr * (A[0, 0] - U[0] @ V[0])
            U = U + s * V
            V = V + s * U
        return U, V
    return U + lr * (A.mean() if bool(M.all()) else 1.0), V
"""
        ),
        {"3.1": 0.25},
        "shapes, start, inputs and a step on one cell at any rank",
    ),
)
