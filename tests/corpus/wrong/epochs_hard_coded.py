# Exercise 1.1
import torch

def sgd_factorise(A, rank, num_epochs=1000, lr=0.01):
    (m, n) = A.shape
    (U, V) = (torch.rand(m, rank), torch.rand(n, rank))
    for i in range(0, 1000):
        for r in range(0, m):
            for c in range(0, n):
                e = A[r, c] - torch.matmul(U[r, :], V[c, :].T)
                U[r, :] = U[r, :] + lr * e * V[c, :]
                V[c, :] = V[c, :] + lr * e * U[r, :]
    return (U, V)
