import torch


def sgd_factorise(A, rank, num_epochs=1000, lr=0.01):
    m, n = A.shape
    U = torch.rand(m, rank)
    V = torch.rand(n, rank)
    for _ in range(num_epochs):
        for r in range(m):
            for c in range(n):
                # lr * e is needed twice, compute it once
                delta = lr * A[r, c] - U[r] @ V[c]
                U[r] += delta * V[c]
                V[c] += delta * U[r]
    return U, V
