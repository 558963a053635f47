"""What an adversary is: a program that wants marks, and the most that its honest part deserves."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

__all__ = ["BEGIN", "BOTH", "DESCEND", "SVD", "Adversary", "both", "in_words"]


@dataclass(frozen=True)
class Adversary:
    """One hand-in that knows this grader.

    `most` was written from the sheet and the rubric before the program was graded.
    """

    name: str
    exploits: str
    """One sentence."""
    code: str | Mapping[str, str]
    """The text of `lab.py`, or of each file by its name."""
    most: Mapping[str, float]
    """The most it may earn, for each exercise that it tries."""
    because: str = ""
    """Why something deserves credit although no factorisation, no truncated SVD or no completion is there."""
    made_for: frozenset[int] = field(default_factory=frozenset)
    """Seeds whose answers are written into it: under these it is not judged, which is what a fresh seed is for."""
    is_slow: bool = False
    """Whether it is graded under one seed only since it takes long."""

    @property
    def is_stated(self) -> bool:
        """Whether it hands in a report without code, of which nothing depends on a seed."""
        return not any(name.endswith(".py") for name in self.files)

    @property
    def files(self) -> Mapping[str, str]:
        """The text of each file."""
        return {"lab.py": self.code} if isinstance(self.code, str) else self.code


def both(plain: float, masked: float | None = None) -> dict[str, float]:
    """The most in 1.1 and in 3.1; the same in both where one number is given."""
    return {"1.1": plain, "3.1": plain if masked is None else masked}


def in_words(marks: Mapping[str, float]) -> str:
    """Marks by exercise on one line."""
    return ", ".join(f"{exercise} {value:g}" for exercise, value in sorted(marks.items()))


BEGIN: Final = """
import torch

def begin(A, rank):
    return torch.rand(A.shape[0], rank), torch.rand(A.shape[1], rank)
"""
"""A start as on the sheet."""

DESCEND: Final = (
    BEGIN
    + """
def descend(A, M, U, V, epochs, lr, chosen=lambda cells: cells):
    a, U, V = A.tolist(), U.tolist(), V.tolist()
    cells = [(r, c) for r in range(len(a)) for c in range(len(a[0])) if M is None or M[r][c] == 1]
    for _ in range(epochs):
        for r, c in chosen(cells):
            u, v = U[r], V[c]
            s = lr * (a[r][c] - sum(x * y for x, y in zip(u, v)))
            U[r] = u = [x + s * y for x, y in zip(u, v)]
            V[c] = [y + s * x for x, y in zip(u, v)]
    return torch.tensor(U), torch.tensor(V)
"""
)
"""The sheet's rule, for programs that are right in some calls only: plain floats, so that a thousand epochs cost little."""

SVD: Final = """
def svd(A, rank):
    U, S, Vh = torch.linalg.svd(A, full_matrices=False)
    P, Q = torch.zeros(A.shape[0], rank), torch.zeros(A.shape[1], rank)
    k = min(rank, len(S))
    P[:, :k], Q[:, :k] = U[:, :k] * S[:k], Vh[:k].T
    return P, Q
"""
"""Factors that fit at once, from no start and by no step."""

BOTH: Final = """
def sgd_factorise(A, rank, num_epochs=1000, lr=0.01):
    return answer(A, None, rank, num_epochs, lr)

def sgd_factorise_masked(A, M, rank, num_epochs=1000, lr=0.01):
    return answer(A, M, rank, num_epochs, lr)
"""
"""Both functions of the sheet by one `answer(A, M, rank, epochs, lr)`; M is None for the first."""
