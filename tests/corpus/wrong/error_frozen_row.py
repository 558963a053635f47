import torch

def sgd_factorise(A, rank, num_epochs=1000, lr=0.01):
    m, n = A.shape
    U = torch.rand(m, rank)
    V = torch.rand(n, rank)
    for epoch in range(num_epochs):
        for r in range(m):
            e = A[r] - V @ U[r]
            for c in range(n):
                U[r] += lr * e[c] * V[c]
                V[c] += lr * e[c] * U[r]
    return U, V
