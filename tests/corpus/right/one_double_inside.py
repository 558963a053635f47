import torch
from torch import Tensor
from typing import Tuple


def sgd_factorise(A: Tensor, rank: int, num_epochs=1000, lr=0.01) -> Tuple[Tensor, Tensor]:
    A = A.double()
    U = torch.rand(A.shape[0], rank, dtype=torch.float64)
    V = torch.rand(A.shape[1], rank, dtype=torch.float64)
    for _ in range(num_epochs):
        for row in range(A.shape[0]):
            for col in range(A.shape[1]):
                err = A[row, col] - torch.matmul(U[row], V[col])
                U[row] += lr * err * V[col]
                V[col] += lr * err * U[row]
    return U.float(), V.float()
