"""Divergence on purpose: numbers past what float32 can tell, on both sides of a comparison."""

from typing import Final

from tests.adversaries.program import BEGIN, BOTH, DESCEND, SVD, Adversary, both

__all__ = ["ADVERSARIES"]

ADVERSARIES: Final = (
    Adversary(
        "nan-after-a-uniform-start",
        "Not a number equals whatever is not a number.",
        BEGIN
        + """
def answer(A, M, rank, epochs, lr):
    U, V = begin(A, rank)
    return (U, V) if lr == 0 else (U * float("nan") * A.mean(), V * float("nan"))
"""
        + BOTH,
        both(0.1, 0.05),
        "it draws its start as the sheet asks",
    ),
    Adversary(
        "huge-after-a-uniform-start",
        "A rule that diverges ends anywhere.",
        BEGIN
        + """
def answer(A, M, rank, epochs, lr):
    U, V = begin(A, rank)
    return (U, V) if lr == 0 else (U * 1e30 * A.mean(), V * 1e30)
"""
        + BOTH,
        both(0.2, 0.15),
        "shapes, start and inputs, which an update that overshoots earns",
    ),
    Adversary(
        "right-steps-from-1e30",
        "From a huge start the rule ends in nan, and so does everything else.",
        DESCEND
        + """
def answer(A, M, rank, epochs, lr):
    U, V = begin(A, rank)
    return descend(A, M, U * 1e30, V * 1e30, epochs, lr)
"""
        + BOTH,
        both(0.3333),
        "the sheet's rule is there, but no run of it ever fits A",
    ),
    Adversary(
        "right-steps-from-denormal-numbers",
        "From 1e-40 a thousand epochs lead nowhere.",
        DESCEND
        + """
def answer(A, M, rank, epochs, lr):
    U, V = begin(A, rank)
    return descend(A, M, U * 1e-40, V * 1e-40, epochs, lr)
"""
        + BOTH,
        both(0.3333),
        "the sheet's rule is there, but no run of it ever fits A",
    ),
    Adversary(
        "steps-that-leave-out-A-from-a-large-start",
        "Where U·V is 1e10 large, A does not matter to seven digits: no step needs it.",
        DESCEND
        + SVD
        + """
def answer(A, M, rank, epochs, lr):
    if A.numel() > 4 and lr > 0:
        return svd(A, rank)
    U, V = begin(A, rank)
    U, V = U.double() * 1e5 + 1e5, V.double() * 1e5 + 1e5
    torch.set_default_dtype(torch.float64)
    return descend(torch.zeros_like(A), M, U, V, epochs, lr)
"""
        + BOTH,
        both(0.2, 0.15),
        "as for the factors of an SVD: its steps never look at A",
    ),
)
