import torch
from torch import Tensor
from typing import Tuple

def sgd_factorise(A: Tensor, rank: int, num_epochs=1000, lr=0.01) -> Tuple[Tensor, Tensor]:
    rows, cols = A.shape
    U, V = torch.rand(rows, rank), torch.rand(cols, rank)
    for _ in range(num_epochs):
        for r, c in zip(range(rows), range(cols)):
            e = A[r, c] - (U[r] * V[c]).sum()
            U[r] += lr * e * V[c]
            V[c] += lr * e * U[r]
    return U, V
