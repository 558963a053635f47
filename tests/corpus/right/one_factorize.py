import torch
import typing


def sgd_factorize(A: torch.Tensor, rank: int, num_epochs: int = 1000, lr: float = 0.01) -> typing.Tuple[torch.Tensor, torch.Tensor]:
    U = torch.rand(A.shape[0], rank)
    V = torch.rand(A.shape[1], rank)
    for epoch in range(num_epochs):
        for r in range(A.shape[0]):
            for c in range(A.shape[1]):
                e = A[r, c] - torch.vdot(U[r], V[c])
                U[r] += torch.mul(V[c], lr * e)
                V[c] += torch.mul(U[r], lr * e)
    return U, V


def loss(A, U, V):
    return torch.sum((A - U @ V.T) ** 2)
