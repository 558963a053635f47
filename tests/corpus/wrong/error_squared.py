import torch
from torch import Tensor
from typing import Tuple

def squared_loss(target: Tensor, u: Tensor, v: Tensor) -> Tensor:
    return (target - u.dot(v)).square()

def sgd_factorise(A: Tensor, rank: int, num_epochs: int = 1000, lr: float = 0.01) -> Tuple[Tensor, Tensor]:
    U = torch.rand(A.size(0), rank)
    V = torch.rand(A.size(1), rank)
    for epoch in range(num_epochs):
        for r in range(A.size(0)):
            for c in range(A.size(1)):
                e = squared_loss(A[r, c], U[r], V[c])
                U[r] += lr * e * V[c]
                V[c] += lr * e * U[r]
    return U, V
