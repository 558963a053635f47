"""Matrices lab. NB I write the factorisation as A = U V (no transpose), V is r x n."""
import torch
from typing import Tuple


def sgd_factorise(A: torch.Tensor, r: int, epochs: int = 1000, lr: float = 0.01) -> Tuple[torch.Tensor, torch.Tensor]:
    m, n = A.shape
    U = torch.rand(m, r)
    V = torch.rand(r, n)
    for _ in range(epochs):
        for i in range(m):
            for j in range(n):
                e = A[i, j] - U[i, :] @ V[:, j]
                U[i, :] += lr * e * V[:, j]
                V[:, j] += lr * e * U[i, :]
    return U, V


def sgd_factorise_masked(A: torch.Tensor, M: torch.Tensor, r: int, epochs: int = 1000, lr: float = 0.01) -> Tuple[torch.Tensor, torch.Tensor]:
    m, n = A.shape
    U = torch.rand(m, r)
    V = torch.rand(r, n)
    for _ in range(epochs):
        for i in range(m):
            for j in range(n):
                if M[i, j] == 1:
                    e = A[i, j] - U[i, :] @ V[:, j]
                    U[i, :] += lr * e * V[:, j]
                    V[:, j] += lr * e * U[i, :]
    return U, V


def truncated_svd(A: torch.Tensor, r: int) -> torch.Tensor:
    U, S, V = torch.linalg.svd(A)
    S[r:] = 0
    return U @ torch.diag(S) @ V.T


torch.manual_seed(20)
A = torch.tensor([[0.3374, 0.6005, 0.1735], [3.3359, 0.0492, 1.8374], [2.9407, 0.5301, 2.2620]])
M = torch.tensor([[1, 1, 1], [0, 1, 1], [1, 0, 1]])

# 1.2
U, V = sgd_factorise(A, 2)
print("U =\n", U, "\nV =\n", V)
print("UV =\n", U @ V)
print("loss =", torch.sum((A - U @ V) ** 2))

# 2.1
A2 = truncated_svd(A, 2)
print("SVD, sigma_3 = 0:\n", A2)
print("error =", torch.sum((A - A2) ** 2))
# Eckart-Young says this should be the minimum... mine is not?

# 3.2
U, V = sgd_factorise_masked(A, M, 2)
print("completed:\n", U @ V)
