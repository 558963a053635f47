import torch


def sgd_factorise(A, rank, num_epochs=1000, lr=0.01):
    m, n = A.shape
    U = torch.rand(m, rank)
    V = torch.rand(n, rank)
    for e in range(num_epochs):
        for i in range(m):
            for j in range(n):
                err = A[i, j] - torch.dot(U[i], V[j])
                U[i] += lr * err * V[j]
            V[j] += lr * err * U[i]
    return U, V
