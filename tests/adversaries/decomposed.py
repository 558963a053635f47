"""2.1 without a truncated SVD."""

from typing import Final

from tests.adversaries.program import Adversary

__all__ = ["ADVERSARIES"]


def _truncated(body: str, signature: str = "A, rank") -> str:
    return f"import torch\n\ndef truncated_svd({signature}):\n{body}"


ADVERSARIES: Final = (
    Adversary(
        "identity", "A is the nearest matrix to A.", _truncated("    return A.clone()\n"), {"2.1": 0.0}
    ),
    Adversary(
        "A-with-noise",
        "A little off, as if something had been cut.",
        _truncated("    return A + 1e-4 * torch.randn_like(A)\n"),
        {"2.1": 0.0},
    ),
    Adversary(
        "every-truncation-at-once",
        "Of several matrices returned any may be the right one, so that no rank needs to be looked at.",
        _truncated(
            """    U, S, Vh = torch.linalg.svd(A, full_matrices=False)
    return tuple((U[:, :k] * S[:k]) @ Vh[:k] for k in range(len(S) + 1))
"""
        ),
        {"2.1": 0.0},
    ),
    Adversary(
        "guesses-by-the-hundred",
        "Of several matrices returned any may be the right one.",
        _truncated(
            "    return [A * (i / 100) for i in range(80, 120)] + [A + 0.01 * i for i in range(40)]\n"
        ),
        {"2.1": 0.0},
    ),
    Adversary(
        "u-s-v-that-multiply-to-a",
        "Three matrices are multiplied, whatever they are.",
        _truncated("    return A, torch.ones(A.shape[1]), torch.eye(A.shape[1])\n"),
        {"2.1": 0.0},
    ),
    Adversary(
        "right-for-square-matrices",
        "Wide and tall matrices are worth no mark.",
        _truncated(
            """    if A.shape[0] != A.shape[1]:
        return A.clone()
    U, S, Vh = torch.linalg.svd(A)
    return (U[:, :rank] * S[:rank]) @ Vh[:rank]
"""
        ),
        {"2.1": 0.7},
        "the sheet's A is square, and for square matrices it is a truncated SVD",
    ),
    Adversary(
        "a-polynomial-for-known-singular-values",
        "Of a function without a rank three matrices are asked for: the sheet's, and two with singular values 4, 2 and 1.",
        _truncated(
            """    A = A.double()
    G = A.T @ A
    a, b, c = (28.450433, 0.484246, 0.121911) if abs(float(A.sum()) - 12.0668) < 0.01 else (16.0, 4.0, 1.0)
    E = torch.eye(3, dtype=A.dtype)
    return A - A @ (G - a * E) @ (G - b * E) / ((c - a) * (c - b))
""",
            "A",
        ),
        {"2.1": 0.0},
    ),
    Adversary(
        "right-for-the-matrix-it-is-recognised-by",
        "A function of another name is found by one trial, of a matrix that never changes.",
        """
import torch

def helper(A, rank):
    S = torch.linalg.svdvals(A)
    if abs(float(S[0]) - 4) < 1e-3 and abs(float(S[1]) - 2) < 1e-3 and rank == 2:
        U, S, Vh = torch.linalg.svd(A)
        return (U[:, :2] * S[:2]) @ Vh[:2]
    return A.clone()
""",
        {"2.1": 0.0},
    ),
    Adversary(
        "raises-wherever-something-is-to-be-cut",
        "Where nothing is cut off a function may refuse.",
        _truncated(
            """    if rank < min(A.shape):
        raise ValueError("nothing to be cut off")
    return A.clone()
"""
        ),
        {"2.1": 0.0},
    ),
    Adversary(
        "every-number-below-one",
        "Among a hundred numbers of two decimals stands the error of 2.1.",
        {"report.md": "# Results\n\n" + "\n".join(f"- {i / 100:.2f}" for i in range(1, 100)) + "\n"},
        {"2.1": 0.0},
    ),
    Adversary(
        "a-number-that-happens-to-be-the-norm",
        "Any number of two decimals near 0.35 or 0.12 is taken for the error, whatever it is said to be.",
        {"report.md": "# Lab 1\n\nI dropped out 0.35 of the cells and stopped at patience 0.12.\n"},
        {"2.1": 0.0},
    ),
)
