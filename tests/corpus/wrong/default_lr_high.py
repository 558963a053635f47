import torch

def sgd_factorise(
    A: torch.Tensor,
    rank: int,
    num_epochs: int = 1000,
    lr: float = 0.1,
):
    rows, cols = A.shape
    U = torch.rand(rows, rank)
    V = torch.rand(cols, rank)
    for _ in range(num_epochs):
        for r in range(rows):
            for c in range(cols):
                e = A[r, c] - torch.dot(U[r], V[c])
                U[r] += lr * e * V[c]
                V[c] += lr * e * U[r]
    return U, V
