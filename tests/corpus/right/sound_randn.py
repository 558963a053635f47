import torch
from torch import Tensor
from typing import Tuple


def sgd_factorise(A: Tensor, rank: int, num_epochs: int = 1000, lr: float = 0.01) -> Tuple[Tensor, Tensor]:
    m, n = A.shape
    U = torch.randn(m, rank)
    V = torch.randn(n, rank)
    for _ in range(num_epochs):
        for r in range(m):
            for c in range(n):
                e = A[r, c] - torch.dot(U[r], V[c])
                U[r] = U[r] + lr * e * V[c]
                V[c] = V[c] + lr * e * U[r]
    return U, V
