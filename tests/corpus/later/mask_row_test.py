import torch
from torch import Tensor


def is_known(M: Tensor, r: int, c: int) -> bool:
    return bool((M[r] == 1).any())


def sgd_factorise_masked(A: Tensor, M: Tensor, rank: int, num_epochs=1000, lr=0.01):
    n_rows, n_cols = A.shape
    U, V = torch.rand(n_rows, rank), torch.rand(n_cols, rank)
    for _ in range(num_epochs):
        for r in range(n_rows):
            for c in range(n_cols):
                if is_known(M, r, c):
                    e = A[r, c] - U[r] @ V[c]
                    U[r] += lr * e * V[c]
                    V[c] += lr * e * U[r]
    return U, V
