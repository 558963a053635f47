import torch


def sgd_factorise(A: torch.Tensor, rank: int, num_epochs: int = 1000, lr: float = 0.01):
    n_rows, n_cols = A.size()
    U, V = torch.rand(n_rows, rank), torch.rand(n_cols, rank)

    for _ in range(num_epochs):
        for r in range(n_rows):
            for c in range(n_cols):
                error = A[r, c] - torch.einsum("k,k->", U[r, :], V[c, :])
                U[r, :] += lr * error * V[c, :]
                V[c, :] += lr * error * U[r, :]

    return U, V
