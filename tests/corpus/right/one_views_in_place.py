import torch


def sgd_factorise(A, rank, num_epochs=1000, lr=0.01):
    m, n = A.shape
    U = torch.rand(m, rank)
    V = torch.rand(n, rank)
    for epoch in range(num_epochs):
        for r in range(m):
            u = U[r]            # a view, no copy!
            for c in range(n):
                v = V[c]
                e = A[r, c] - (u * v).sum()
                u += lr * e * v
                v += lr * e * u
    return U, V
