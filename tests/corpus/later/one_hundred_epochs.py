import torch


def sgd_factorise(A, rank, num_epochs=100, lr=0.01):
    m, n = A.shape
    U = torch.rand(m, rank)
    V = torch.rand(n, rank)
    for _ in range(num_epochs):
        for k in range(m * n):
            r, c = k // n, k % n
            e = A[r, c] - U[r] @ V[c]
            U[r] += lr * e * V[c]
            V[c] += lr * e * U[r]
    return U, V
