import torch
from torch import Tensor
from typing import List, Optional, Tuple


def _sgd(A: Tensor, cells: List[Tuple[int, int]], rank: int, num_epochs: int, lr: float):
    U = torch.empty(A.shape[0], rank).uniform_(0, 1)
    V = torch.empty(A.shape[1], rank).uniform_(0, 1)
    for _ in range(num_epochs):
        for r, c in cells:
            e = (A[r, c] - U[r] @ V[c]).item()
            U[r] += lr * e * V[c]
            V[c] += lr * e * U[r]
    return U, V


def _cells(shape, M: Optional[Tensor] = None):
    m, n = shape
    return [(r, c) for r in range(m) for c in range(n) if M is None or M[r, c]]


def sgd_factorise(A: Tensor, rank: int, num_epochs: int = 1000, lr: float = 0.01) -> Tuple[Tensor, Tensor]:
    return _sgd(A, _cells(A.shape), rank, num_epochs, lr)


def sgd_factorise_masked(A: Tensor, M: Tensor, rank: int, num_epochs: int = 1000, lr: float = 0.01) -> Tuple[Tensor, Tensor]:
    return _sgd(A, _cells(A.shape, M), rank, num_epochs, lr)


def truncated_svd(A: Tensor, rank: int) -> Tensor:
    U, S, Vh = torch.linalg.svd(A)
    S = S * (torch.arange(S.shape[0]) < rank)
    k = S.shape[0]
    return U[:, :k] @ torch.diag(S) @ Vh[:k]
