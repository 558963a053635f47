import torch


def sgd_factorise(A, rank, num_epochs=1000, lr=0.01):
    m, n = A.shape
    U = torch.rand(m, rank)
    Vt = torch.rand(rank, n)
    for epoch in range(num_epochs):
        for r in range(m):
            for c in range(n):
                e = A[r, c] - U[r, :] @ Vt[:, c]
                U[r, :] += (lr ** 2) * e * Vt[:, c]
                Vt[:, c] += lr * e * U[r, :]
    return U, Vt.T
