import torch
from torch import Tensor


def init_factor(size: int, rank: int) -> Tensor:
    """Entries uniform in [0, 1)."""
    return torch.rand(size, rank)


def cell_error(A: Tensor, U: Tensor, V: Tensor, r: int, c: int) -> Tensor:
    return A[r, c] - U[r] @ V[c]


def update_cell(A: Tensor, U: Tensor, V: Tensor, r: int, c: int, lr: float) -> None:
    e = cell_error(A, U, V, r, c)
    U[r] += lr * e * V[c]
    V[c] += lr * e * V[c]


def run_epoch(A: Tensor, U: Tensor, V: Tensor, lr: float) -> None:
    for r in range(A.shape[0]):
        for c in range(A.shape[1]):
            update_cell(A, U, V, r, c, lr)


def sgd_factorise(A: Tensor, rank: int, num_epochs: int = 1000, lr: float = 0.01):
    U = init_factor(A.shape[0], rank)
    V = init_factor(A.shape[1], rank)
    for _ in range(num_epochs):
        run_epoch(A, U, V, lr)
    return U, V
