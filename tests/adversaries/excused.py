"""Excuses: a random order of the cells, other starts, quasi-random numbers."""

from typing import Final

from tests.adversaries.program import BOTH, DESCEND, SVD, Adversary, both
from tests.adversaries.refusing import FULL_BATCH
from tests.adversaries.thresholds import NEVER_FITS

__all__ = ["ADVERSARIES"]


def _from(start: str) -> str:
    """The sheet's rule from a start made of uniform numbers U and V."""
    return (
        DESCEND
        + f"""
def answer(A, M, rank, epochs, lr):
    U, V = begin(A, rank)
    {start}
    return descend(A, M, U, V, epochs, lr)
"""
        + BOTH
    )


ADVERSARIES: Final = (
    Adversary(
        "full-batch-as-a-random-order",
        "Four cells in another order make it a shuffler, whose larger epochs are looked at to first order: as is a full batch.",
        DESCEND
        + FULL_BATCH
        + """
def answer(A, M, rank, epochs, lr):
    U, V = begin(A, rank)
    if A.numel() <= 4 or rank > 9:
        return descend(A, M, U, V, epochs, lr, lambda cells: cells[::-1] if rank < 9 else cells)
    return whole(A, M, U, V, epochs, lr)
"""
        + BOTH,
        both(0.75),
        "a sound rule, which costs a quarter",
    ),
    Adversary(
        "anything-as-a-random-order",
        "Of a shuffler, larger epochs are looked at with a rate of 0.001 only, and long runs by where they end.",
        DESCEND
        + FULL_BATCH
        + SVD
        + """
def answer(A, M, rank, epochs, lr):
    U, V = begin(A, rank)
    if A.numel() <= 4 or rank > 9:
        return descend(A, M, U, V, epochs, lr, lambda cells: cells[::-1] if rank < 9 else cells)
    if lr <= 0.001 or (M is not None and not (M == 1).any()):
        return whole(A, M, U, V, 1, lr * epochs)
    return svd(A if M is None else torch.where(M == 1, A, torch.full_like(A, 2.0)), rank)
"""
        + BOTH,
        both(0.3333),
        NEVER_FITS,
    ),
    Adversary(
        "golden-numbers-as-a-start",
        "Multiples of the golden ratio are spread more evenly than any draw.",
        _from(
            "U, V = (((torch.arange(1.0, x.numel() + 1) * 0.6180339887) % 1).reshape(x.shape) for x in (U, V))"
        ),
        both(0.9, 0.95),
        "the sheet's rule from a start that nobody draws",
    ),
    Adversary(
        "a-quarter-of-the-columns-repeated",
        "Three quarters of different numbers are enough.",
        _from("k = rank // 4; U[:, :k], V[:, :k] = U[:, rank - k:], V[:, rank - k:]"),
        both(0.9, 0.95),
        "the sheet's rule from a start whose numbers are not drawn each anew",
    ),
    Adversary(
        "columns-equal-but-for-the-last-digit",
        "Numbers that differ in the seventh digit are different numbers.",
        _from("U, V = U[:, :1] + U * 1e-6, V[:, :1] + V * 1e-6"),
        both(0.9, 0.95),
        "the sheet's rule from a start whose numbers are not drawn each anew",
    ),
    Adversary(
        "the-same-numbers-in-u-and-v",
        "U and V are looked at one by one.",
        _from("k = min(A.shape); V[:k] = U[:k]"),
        both(0.9, 0.95),
        "the sheet's rule from a start whose numbers are not drawn each anew",
    ),
    Adversary(
        "normal-numbers-where-few-are-asked-for",
        "The numbers of small matrices are a twentieth of those that a start is judged by.",
        _from(
            "U, V = (U, V) if rank > 9 else (torch.randn_like(U).abs() * 0.3, torch.randn_like(V).abs() * 0.3)"
        ),
        both(0.9, 0.95),
        "the sheet's rule from another start",
    ),
)
