"""The three exercises, written as on the sheet.

A matrix A is factorised as A ≈ U Vᵀ, where row r of U (`U[r]`) belongs to row r of A and row c of V
(`V[c]`) belongs to column c of A, so that A[r, c] ≈ U[r]·V[c].
"""

import torch
from torch import Tensor

__all__ = ["sgd_factorise", "sgd_factorise_masked", "truncated_svd"]


def sgd_factorise(A: Tensor, rank: int, num_epochs: int = 1000, lr: float = 0.01) -> tuple[Tensor, Tensor]:
    """Factorise A by stochastic gradient descent, one cell at a time (sheet, exercise 1.1).

    A: (m, n), floating point. Returns U: (m, rank) and V: (n, rank), in the dtype of A.
    Draws U and then V from U(0, 1) with torch's global generator.
    """
    m, n = A.shape
    U = torch.rand(m, rank, dtype=A.dtype)
    V = torch.rand(n, rank, dtype=A.dtype)
    for _ in range(num_epochs):
        for r in range(m):
            for c in range(n):
                e = A[r, c] - U[r] @ V[c]
                U[r] += lr * e * V[c]
                V[c] += lr * e * U[r]  # with the updated U[r]
    return U, V


def truncated_svd(A: Tensor, rank: int) -> Tensor:
    """Reconstruct A from its `rank` largest singular values, the others set to zero (sheet, exercise 2.1).

    A: (m, n), floating point. Returns the best approximation of that rank (Eckart–Young): (m, n), A's dtype.
    """
    U, singular_values, Vt = torch.linalg.svd(A, full_matrices=False)
    singular_values[rank:] = 0
    P: Tensor = U @ torch.diag(singular_values) @ Vt
    return P


def sgd_factorise_masked(
    A: Tensor, M: Tensor, rank: int, num_epochs: int = 1000, lr: float = 0.01
) -> tuple[Tensor, Tensor]:
    """Factorise the observed cells of A; the values of the others do not matter (sheet, exercise 3.1).

    A: (m, n), floating point. M: (m, n), 1 if a cell is observed and 0 if it is hidden; any dtype.
    Returns U: (m, rank) and V: (n, rank), in the dtype of A; U Vᵀ completes A.
    Draws U and then V from U(0, 1) with torch's global generator.
    """
    m, n = A.shape
    U = torch.rand(m, rank, dtype=A.dtype)
    V = torch.rand(n, rank, dtype=A.dtype)
    for _ in range(num_epochs):
        for r in range(m):
            for c in range(n):
                if M[r, c] == 1:
                    e = A[r, c] - U[r] @ V[c]
                    U[r] += lr * e * V[c]
                    V[c] += lr * e * U[r]
    return U, V
