import torch

def sgd_factorise(A, rank, num_epochs=1000, lr=0.01):
    m, n = A.shape
    U = torch.rand(m, rank)
    V = torch.rand(n, rank)
    E = A
    for epoch in range(num_epochs):
        for r in range(m):
            for c in range(n):
                E[r, c] = A[r, c] - U[r] @ V[c]
                U[r] += lr * E[r, c] * V[c]
                V[c] += lr * E[r, c] * U[r]
    return U, V
