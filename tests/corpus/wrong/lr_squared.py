import torch

def gradient(a, u, v, lr):
    e = a - torch.dot(u, v)
    return lr * e

def sgd_factorise(A, rank, num_epochs=1000, lr=0.01):
    m = len(A)
    n = len(A.T)
    U = torch.rand(m, rank)
    V = torch.rand(n, rank)
    for k in range(num_epochs):
        for r in range(m):
            for c in range(n):
                g = gradient(A[r, c], U[r], V[c], lr)
                U[r] += lr * g * V[c]
                V[c] += lr * g * U[r]
    return U, V
