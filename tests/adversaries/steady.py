"""Constants, zeros, fixed points: what does not move agrees with a rule that moves nothing."""

from typing import Final

from tests.adversaries.program import BEGIN, BOTH, DESCEND, SVD, Adversary, both

__all__ = ["ADVERSARIES"]

ADVERSARIES: Final = (
    Adversary(
        "zeros",
        "From zeros the sheet's rule stays at zeros.",
        BEGIN
        + """
def answer(A, M, rank, epochs, lr):
    return torch.zeros(A.shape[0], rank), torch.zeros(A.shape[1], rank)
"""
        + BOTH,
        both(0.0),
    ),
    Adversary(
        "zeros-but-uniform-where-many-are-asked-for",
        "A start is judged by many numbers, and those come from large matrices and ranks.",
        BEGIN
        + """
def answer(A, M, rank, epochs, lr):
    if max(*A.shape, rank) > 10:
        return begin(A, rank)
    return torch.zeros(A.shape[0], rank), torch.zeros(A.shape[1], rank)
"""
        + BOTH,
        both(0.0),
    ),
    Adversary(
        "constants-of-A",
        "The mean of A everywhere depends on A and has the right shapes.",
        BEGIN
        + """
def answer(A, M, rank, epochs, lr):
    return torch.full((A.shape[0], rank), A.mean().item()), torch.full((A.shape[1], rank), A.mean().item())
"""
        + BOTH,
        both(0.1),
        "shapes and inputs: two matrices of the right shapes come back, and A is left alone",
    ),
    Adversary(
        "a-uniform-start-and-a-touch-of-A",
        "A start that is shifted a little by A earns what stands before the first step.",
        BEGIN
        + """
def answer(A, M, rank, epochs, lr):
    U, V = begin(A, rank)
    return U + lr * A.mean(), V + lr * A.mean()
"""
        + BOTH,
        both(0.2, 0.15),
        "shapes, start and inputs: it draws as the sheet asks and returns the right shapes; any wrong update earns that",
    ),
    Adversary(
        "svd-factors",
        "Factors of an SVD fit A without a step.",
        BEGIN + SVD + "\ndef answer(A, M, rank, epochs, lr):\n    return svd(A, rank)\n" + BOTH,
        both(0.2, 0.15),
        "shapes, inputs, fits and (without a mask) converges: it does factorise A, though not by descent",
    ),
    Adversary(
        "svd-factors-of-rank-one",
        "One component of an SVD beside zeros is a fixed point in expectation.",
        BEGIN
        + SVD
        + """
def answer(A, M, rank, epochs, lr):
    U, V = svd(A, rank)
    U[:, 1:] = V[:, 1:] = 0
    return U, V
"""
        + BOTH,
        both(0.1),
        "shapes and inputs",
    ),
    Adversary(
        "exact-factors-where-the-rank-allows",
        "Where the rank is that of A, no step moves exact factors.",
        BEGIN
        + SVD
        + """
def answer(A, M, rank, epochs, lr):
    m, n = A.shape
    if rank >= n:
        V = torch.zeros(n, rank)
        V[:, :n] = torch.eye(n)
        U = torch.zeros(m, rank)
        U[:, :n] = A
        return U, V
    return svd(A, rank)
"""
        + BOTH,
        both(0.2, 0.15),
        "as for the factors of an SVD, which it returns where they are not exact",
    ),
    Adversary(
        "exact-factors-with-a-uniform-start-on-show",
        "lr = 0 is asked for in order to see a start: what is shown there need not be where anything starts.",
        BEGIN
        + SVD
        + "\ndef answer(A, M, rank, epochs, lr):\n    return begin(A, rank) if lr == 0 or epochs == 0 else svd(A, rank)\n"
        + BOTH,
        both(0.2, 0.15),
        "as for the factors of an SVD; nothing starts from what is shown",
    ),
    Adversary(
        "on-a-straight-line-from-a-uniform-start-to-the-svd",
        "The more epochs, the nearer to the factors of an SVD: it even learns gradually.",
        BEGIN
        + SVD
        + """
def answer(A, M, rank, epochs, lr):
    (U, V), (P, Q) = begin(A, rank), svd(A, rank)
    t = min(1.0, epochs * lr / 8)
    return U + t * (P - U), V + t * (Q - V)
"""
        + BOTH,
        both(0.3, 0.2),
        "shapes, start, inputs, fits and (without a mask) converges: it does start there and does fit A",
    ),
    Adversary(
        "right-steps-from-the-best-factors",
        "Started at the optimum, hardly anything moves.",
        DESCEND
        + SVD
        + "\ndef answer(A, M, rank, epochs, lr):\n    return descend(A, M, *svd(A, rank), epochs, lr)\n"
        + BOTH,
        both(0.9, 0.95),
        "the sheet's rule from another start",
    ),
    Adversary(
        "right-steps-from-zeros",
        "The rule is the sheet's and never moves.",
        DESCEND
        + """
def answer(A, M, rank, epochs, lr):
    return descend(A, M, torch.zeros(A.shape[0], rank), torch.zeros(A.shape[1], rank), epochs, lr)
"""
        + BOTH,
        both(0.3333),
        "the sheet's rule is there, but no run of it ever fits A",
    ),
)
