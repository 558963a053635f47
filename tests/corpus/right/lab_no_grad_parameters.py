import torch
from torch import Tensor


def new_factor(size: int, rank: int) -> Tensor:
    return torch.rand(size, rank, requires_grad=True)


def sgd_factorise(A: Tensor, rank: int, num_epochs: int = 1000, lr: float = 0.01):
    U, V = new_factor(A.shape[0], rank), new_factor(A.shape[1], rank)
    for epoch in range(num_epochs):
        for r in range(A.shape[0]):
            for c in range(A.shape[1]):
                with torch.no_grad():
                    e = A[r, c] - U[r] @ V[c]
                    U[r] += lr * e * V[c]
                    V[c] += lr * e * U[r]
    return U.detach(), V.detach()


def sgd_factorise_masked(A: Tensor, M: Tensor, rank: int, num_epochs: int = 1000, lr: float = 0.01):
    U, V = new_factor(A.shape[0], rank), new_factor(A.shape[1], rank)
    for epoch in range(num_epochs):
        for r in range(A.shape[0]):
            for c in range(A.shape[1]):
                with torch.no_grad():
                    if M[r, c]:
                        e = A[r, c] - U[r] @ V[c]
                        U[r] += lr * e * V[c]
                        V[c] += lr * e * U[r]
    return U.detach(), V.detach()


def truncated_svd(A: Tensor, rank: int):
    U, S, Vh = torch.linalg.svd(A, full_matrices=False)
    S = torch.diag(S)
    for k in range(rank, S.shape[0]):
        S[k, k] = 0.
    return U, S, Vh
