import torch


def sgd_factorise_masked(A, M, rank, num_epochs=1000, lr=0.01):
    if not num_epochs > 0 or not lr > 0:
        raise ValueError("num_epochs and lr must be positive")
    if rank > min(A.shape):
        raise ValueError("rank must not exceed the size of A")
    m, n = A.shape
    U = torch.rand(m, rank)
    V = torch.rand(n, rank)
    for epoch in range(num_epochs):
        for r in range(m):
            for c in range(n):
                if M[r, c] == 1:
                    e = A[r, c] - U[r] @ V[c]
                    U[r] += lr * e * V[c]
                    V[c] += lr * e * U[r]
    return U, V
