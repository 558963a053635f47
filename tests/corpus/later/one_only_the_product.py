import torch


def sgd_factorise(A, rank, num_epochs=1000, lr=0.01):
    """Approximates A by a product of two thin matrices."""
    n_rows, n_cols = A.shape
    U = torch.rand(n_rows, rank)
    V = torch.rand(n_cols, rank)
    for i in range(num_epochs):
        for r in range(n_rows):
            for c in range(n_cols):
                diff = A[r, c] - torch.dot(U[r, :], V[c, :])
                U[r, :] += lr * diff * V[c, :]
                V[c, :] += lr * diff * U[r, :]
    approximation = torch.matmul(U, V.t())
    return approximation
