import torch


def _sweep(X, cells, U, V, lr):
    for r, c in cells:
        e = X[r, c] - U[r] @ V[c]
        U[r] += lr * e * V[c]
        V[c] += lr * e * U[r]


def sgd_factorise_masked(A, M, rank, num_epochs=1000, lr=0.01):
    """Hidden entries of A are switched off with the mask, then same as before."""
    m, n = A.shape
    U, V = torch.rand(m, rank), torch.rand(n, rank)
    X = A * M
    cells = [(r, c) for r in range(m) for c in range(n)]
    for _ in range(num_epochs):
        _sweep(X, cells, U, V, lr)
    return U, V
