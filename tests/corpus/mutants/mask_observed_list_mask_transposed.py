import torch
from torch import Tensor


def observed_cells(M: Tensor):
    return [(r, c) for r in range(M.shape[0]) for c in range(M.shape[1]) if M[c, r] != 0]


def sgd_factorise_masked(A: Tensor, M: Tensor, rank: int, num_epochs: int = 1000, lr: float = 0.01):
    known = observed_cells(M)
    U = torch.rand(A.shape[0], rank)
    V = torch.rand(A.shape[1], rank)
    for _ in range(num_epochs):
        for (r, c) in known:
            e = A[r, c] - U[r].inner(V[c])
            U[r] += lr * e * V[c]
            V[c] += lr * e * U[r]
    return U, V
