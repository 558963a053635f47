"""Calls told apart by their shape, rank, number of epochs, rate, seed, number, time or place: right in some of them only."""

from typing import Final

from tests.adversaries.program import BOTH, DESCEND, SVD, Adversary, both

__all__ = ["ADVERSARIES"]

NEVER_FITS: Final = "right steps are there, but those it makes by itself never fit A"


def _right_where(condition: str, otherwise: str = "svd(A, rank)") -> str:
    """A program that follows the sheet's rule where the condition holds."""
    return (
        DESCEND
        + SVD
        + f"""
def answer(A, M, rank, epochs, lr):
    m, n = A.shape
    if lr == 0 or epochs == 0 or {condition}:
        return descend(A, M, *begin(A, rank), epochs, lr)
    return {otherwise}
"""
        + BOTH
    )


ADVERSARIES: Final = (
    Adversary(
        "right-for-three-epochs-and-an-svd-for-more",
        "One to three epochs are compared with the rule; what fits A after a thousand is not.",
        _right_where("epochs <= 3"),
        both(0.3333),
        NEVER_FITS,
    ),
    Adversary(
        "right-for-two-hundred-epochs-and-an-svd-for-more",
        "Whether long runs fit does not ask whether they are the short ones gone on with.",
        _right_where("epochs <= 200"),
        both(0.85, 0.9),
        "all but the defaults and convergence: two hundred epochs of its own do fit A",
    ),
    Adversary(
        "right-for-four-cells-and-an-svd-for-more",
        "The simplest checks have four cells at most.",
        _right_where("m * n <= 4"),
        both(0.3333),
        NEVER_FITS,
    ),
    Adversary(
        "right-for-a-row-or-a-column-and-an-svd-for-more",
        "A single row and a single column have checks of their own.",
        _right_where("min(m, n) == 1"),
        both(0.3333),
        NEVER_FITS,
    ),
    Adversary(
        "right-for-one-cell-and-an-svd-for-more",
        "A single cell has a check of its own.",
        _right_where("m * n == 1"),
        both(0.3333),
        NEVER_FITS,
    ),
    Adversary(
        "right-for-rank-one-and-an-svd-for-more",
        "Rows, columns and a cell are looked at with rank 1.",
        _right_where("rank == 1"),
        both(0.3333),
        NEVER_FITS,
    ),
    Adversary(
        "right-below-rank-ten",
        "Ranks beyond ten are asked for only to see many numbers of a start.",
        _right_where("rank < 10"),
        both(0.75, 0.85),
        "all but the sweep over whole matrices and what rests on it",
    ),
    Adversary(
        "right-at-the-rates-that-are-asked-for",
        "The rates of all calls stand in the grader's source.",
        _right_where("round(lr, 6) in (0.1, 0.2, 0.05, 0.15, 0.03, 0.002, 0.003, 0.01, 0.001)"),
        both(0.95),
        "all but the rate, which is not used as given",
    ),
    Adversary(
        "right-for-the-first-forty-calls",
        "Short calls come first, long ones last.",
        DESCEND
        + """
calls = []
def answer(A, M, rank, epochs, lr):
    calls.append(lr)
    U, V = begin(A, rank)
    return descend(A, M, U, V, epochs, lr) if len(calls) <= 40 else (U + A.mean(), V)
"""
        + BOTH,
        both(0.3333),
        NEVER_FITS,
    ),
    Adversary(
        "right-in-the-first-moments-of-the-process",
        "Short calls come first, long ones last: the clock of the process tells them apart.",
        DESCEND
        + SVD
        + """
import time
begun = time.process_time()
def answer(A, M, rank, epochs, lr):
    if time.process_time() - begun > 0.05 and lr > 0:
        return svd(A, rank)
    return descend(A, M, *begin(A, rank), min(epochs, 3), lr)
"""
        + BOTH,
        both(0.3333),
        NEVER_FITS,
    ),
    Adversary(
        "right-where-A-has-a-negative-entry",
        "All matrices are drawn with both signs, but for the sheet's.",
        _right_where("bool((A < 0).any()) or A.numel() < 4"),
        both(0.3333),
        "right steps are there, but not for the sheet's A, which they never fit",
    ),
    Adversary(
        "right-where-the-stack-says-so",
        "Frames of the caller show each request, and perhaps what it is for.",
        DESCEND
        + """
import gc, sys
def answer(A, M, rank, epochs, lr):
    frame = sys._getframe()
    while frame is not None:
        for name in ("expected", "wanted", "call", "check", "drawn"):
            found = frame.f_locals.get(name, frame.f_globals.get(name))
            if isinstance(found, tuple) and len(found) == 2:
                return found
        frame = frame.f_back
    for thing in gc.get_objects():
        if type(thing).__name__ in ("CallSpec", "GeneratedInputs", "Rule", "Mismatch"):
            return thing.wanted
    return begin(A, rank)
"""
        + BOTH,
        both(0.1, 0.05),
        "it draws its start as the sheet asks",
    ),
    Adversary(
        "a-start-of-zeros-until-another-seed-is-asked-for",
        "Starts that tell nothing are asked for again with seeds above 10,000, and only those are judged.",
        DESCEND
        + """
def answer(A, M, rank, epochs, lr):
    U, V = begin(A, rank)
    if torch.initial_seed() < 10_000 and abs(float(A.sum()) - 12.0668) > 0.01:
        U, V = 0 * U, 0 * V
    return descend(A, M, U, V, epochs, lr)
"""
        + BOTH,
        both(0.9, 0.95),
        "the sheet's rule, mostly from zeros",
    ),
    Adversary(
        "constants-on-small-shapes-uniform-on-large",
        "The numbers of small matrices are a twentieth of those that a start is judged by.",
        DESCEND
        + """
def answer(A, M, rank, epochs, lr):
    (m, n), (U, V) = A.shape, begin(A, rank)
    if rank < 10 and (m, n) != (3, 3):
        U, V = 0 * U + 0.5, 0 * V + 0.5
    return descend(A, M, U, V, epochs, lr)
"""
        + BOTH,
        both(0.9, 0.95),
        "the sheet's rule from another start",
    ),
)
