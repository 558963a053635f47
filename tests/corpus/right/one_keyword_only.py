import torch
from torch import Tensor


def sgd_factorise(A: Tensor, rank: int, *, num_epochs: int = 1000, lr: float = 0.01) -> tuple[Tensor, Tensor]:
    assert A.dim() == 2, "A must be a matrix"
    assert rank >= 1
    m, n = A.shape
    U = torch.rand(m, rank)
    V = torch.rand(n, rank)
    assert U.shape == (m, rank) and V.shape == (n, rank)
    for _ in range(num_epochs):
        for r in range(m):
            for c in range(n):
                e = A[r, c] - torch.dot(U[r], V[c])
                U[r] = torch.add(U[r], V[c], alpha=float(lr * e))
                V[c] = torch.add(V[c], U[r], alpha=float(lr * e))
    return U, V
