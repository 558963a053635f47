"""Matrix factorisation by stochastic gradient descent."""
import torch
from torch import Tensor


def sgd_factorise(A: Tensor, rank: int, num_epochs: int = 100, lr: float = 0.01) -> "tuple[Tensor, Tensor]":
    """Return U (m, rank) and V (n, rank) with A close to U V^T."""
    U = torch.rand(A.shape[0], rank)
    V = torch.rand(A.shape[1], rank)
    for _ in range(num_epochs):
        for r in range(A.shape[0]):
            for c in range(A.shape[1]):
                e = A[r, c] - U[r] @ V[c]
                U[r] += lr * e * V[c]
                V[c] += lr * e * U[r]
    return U, V
