import torch
from torch import Tensor
from typing import Tuple

matrix = torch.tensor([[0.3374, 0.6005, 0.1735],
                       [3.3359, 0.0492, 1.8374],
                       [2.9407, 0.5301, 2.2620]])
mask = torch.tensor([[1., 1., 1.], [0., 1., 1.], [1., 0., 1.]])


def sgd_factorise(A: Tensor, rank: int, num_epochs: int = 1000, lr: float = 0.01) -> Tuple[Tensor, Tensor]:
    m, n = A.shape
    U, V = torch.rand(m, rank), torch.rand(n, rank)
    for _ in range(num_epochs):
        for r in range(m):
            for c in range(n):
                e = A[r, c] - U[r] @ V[c]
                U[r] += lr * e * V[c]
                V[c] += lr * e * U[r]
    return U, V


def sgd_factorise_masked(A: Tensor, M: Tensor, rank: int, num_epochs: int = 1000, lr: float = 0.01) -> Tuple[Tensor, Tensor]:
    m, n = A.shape
    U, V = torch.rand(m, rank), torch.rand(n, rank)
    for _ in range(num_epochs):
        for r in range(rank):
            for c in range(n):
                if M[r, c]:
                    e = A[r, c] - U[r] @ V[c]
                    U[r] += lr * e * V[c]
                    V[c] += lr * e * U[r]
    return U, V


def truncated_svd(A: Tensor, rank: int) -> Tensor:
    U, S, V = torch.svd(A)
    return U[:, :rank] @ torch.diag(S[:rank]) @ V[:, :rank].T


if __name__ == "__main__":
    torch.manual_seed(0)
    U, V = sgd_factorise(matrix, 2)
    print("1.2", U, V, ((matrix - U @ V.T) ** 2).sum())
    print("2.1", truncated_svd(matrix, 2), ((matrix - truncated_svd(matrix, 2)) ** 2).sum())
    U, V = sgd_factorise_masked(matrix, mask, 2)
    print("3.2", U @ V.T)
