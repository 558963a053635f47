"""Refused calls: what a function does not take is asked otherwise, and perhaps more easily."""

from typing import Final

from tests.adversaries.program import BEGIN, BOTH, DESCEND, SVD, Adversary, both
from tests.adversaries.thresholds import NEVER_FITS

__all__ = ["ADVERSARIES"]

FULL_BATCH: Final = """
def whole(A, M, U, V, epochs, lr, both_new=False):
    U, V, seen = U.double(), V.double(), torch.ones_like(A) if M is None else M.to(A.dtype)
    for _ in range(epochs):
        R = seen * (A - U @ V.T)
        U, V = U + lr * (R @ V), V + lr * (R.T @ U)
    return U.float(), V.float()
"""

SIMULTANEOUS: Final = """
def at_once(A, M, U, V, epochs, lr):
    a, U, V = A.tolist(), U.tolist(), V.tolist()
    cells = [(r, c) for r in range(len(a)) for c in range(len(a[0])) if M is None or M[r][c] == 1]
    for _ in range(epochs):
        for r, c in cells:
            u, v = U[r], V[c]
            s = lr * (a[r][c] - sum(x * y for x, y in zip(u, v)))
            U[r], V[c] = [x + s * y for x, y in zip(u, v)], [y + s * x for x, y in zip(u, v)]
    return torch.tensor(U), torch.tensor(V)
"""


def _more_than(few: int, steps: str) -> str:
    return (
        BEGIN
        + FULL_BATCH
        + SIMULTANEOUS
        + f"""
def answer(A, M, rank, epochs, lr):
    if 0 < epochs < {few}:
        raise ValueError("too few epochs")
    return {steps}(A, M, *begin(A, rank), epochs, lr)
"""
        + BOTH
    )


ADVERSARIES: Final = (
    Adversary(
        "full-batch-behind-refused-few-epochs",
        "Who refuses few epochs is asked for a hundred at a hundredth of the rate, where all rules look alike.",
        _more_than(100, "whole"),
        both(0.75),
        "a sound rule, which costs a quarter",
    ),
    Adversary(
        "simultaneous-behind-refused-few-epochs",
        "At a hundredth of the rate, the old U[r] is nearly the new one.",
        _more_than(100, "at_once"),
        both(0.75),
        "a sound rule, which costs a quarter",
    ),
    Adversary(
        "simultaneous-behind-ten-epochs",
        "The same with ten.",
        _more_than(10, "at_once"),
        both(0.75),
        "a sound rule, which costs a quarter",
    ),
    Adversary(
        "a-skewed-start-behind-refused-ranks",
        "Who refuses ranks beyond the size of A shows a tenth of the numbers that a start is judged by.",
        DESCEND
        + """
def answer(A, M, rank, epochs, lr):
    if rank > min(A.shape):
        raise ValueError("the rank is at most the size of A")
    U, V = begin(A, rank)
    return descend(A, M, U**1.3, V**1.3, epochs, lr)
"""
        + BOTH,
        both(0.9, 0.95),
        "the sheet's rule from another start",
    ),
    Adversary(
        "rank-one-behind-refused-ranks",
        "Who refuses ranks beyond the size of A is asked for the dot product of vectors of length one.",
        DESCEND
        + SVD
        + """
def answer(A, M, rank, epochs, lr):
    if rank > min(A.shape):
        raise ValueError("the rank is at most the size of A")
    if rank == 1 or lr == 0:
        return descend(A, M, *begin(A, rank), epochs, lr)
    return svd(A, rank)
"""
        + BOTH,
        both(0.3333),
        NEVER_FITS,
    ),
    Adversary(
        "raises-for-every-mask-that-hides-something",
        "What hides nothing is 1.1; the sheet's mask is known.",
        DESCEND
        + """
def sgd_factorise_masked(A, M, rank, num_epochs=1000, lr=0.01):
    if bool((M != 1).any()):
        raise ValueError("this mask hides something")
    return descend(A, None, *begin(A, rank), num_epochs, lr)
""",
        {"3.1": 0.3333},
        "1.1 without a mask never completes anything",
    ),
    Adversary(
        "long-runs-need-a-package-that-is-not-there",
        "What fails for want of a package waits for a person, and what waits caps nothing.",
        DESCEND
        + """
def answer(A, M, rank, epochs, lr):
    if epochs > 3:
        raise ModuleNotFoundError("No module named 'tensorflow'")
    return descend(A, M, *begin(A, rank), epochs, lr)
"""
        + BOTH,
        both(0.3333),
        NEVER_FITS,
    ),
    Adversary(
        "long-runs-that-cannot-be-read",
        "What fails in the grader costs no mark, and caps nothing.",
        DESCEND
        + """
class Pair(tuple):
    _fields = ("a", "b", "u", "v")

def answer(A, M, rank, epochs, lr):
    found = descend(A, M, *begin(A, rank), min(epochs, 3), lr)
    return Pair(found) if epochs > 3 else found
"""
        + BOTH,
        both(0.3333),
        NEVER_FITS,
    ),
    Adversary(
        "refuses-everything-that-is-refused-without-cost",
        "Ranks beyond A, rates of 0, few epochs and masks that hide a row are refused without cost: easy calls are left.",
        DESCEND
        + SVD
        + """
def answer(A, M, rank, epochs, lr):
    empty = M is not None and bool(((M != 1).all(0)).any() or ((M != 1).all(1)).any())
    if rank > min(A.shape) or lr == 0 or epochs < 10 or empty:
        raise ValueError("no")
    if min(A.shape) == 1 or lr < 1e-9:
        return descend(A, M, *begin(A, rank), epochs, lr)
    return svd(A, rank)
"""
        + BOTH,
        both(0.3333),
        NEVER_FITS,
    ),
    Adversary(
        "ends-the-process-in-long-runs",
        "A run that does not come back is not compared.",
        DESCEND
        + """
import os
def answer(A, M, rank, epochs, lr):
    if epochs > 3:
        os._exit(0)
    return descend(A, M, *begin(A, rank), epochs, lr)
"""
        + BOTH,
        both(0.3333),
        NEVER_FITS,
    ),
    Adversary(
        "hangs-in-long-runs",
        "A run that does not come back is not compared.",
        DESCEND
        + """
def answer(A, M, rank, epochs, lr):
    while epochs > 3:
        pass
    return descend(A, M, *begin(A, rank), epochs, lr)
"""
        + BOTH,
        both(0.3333),
        NEVER_FITS,
        is_slow=True,
    ),
)
