import torch

def sgd_factorise(A, rank, num_epochs=1000, lr=0.01):
    m, n = A.shape
    U = torch.rand(m, rank)
    V = torch.rand(n, rank)
    for epoch in range(num_epochs):
        for r in range(m):
            dot = 0.0
            for c in range(n):
                for k in range(rank):
                    dot += U[r, k] * V[c, k]
                e = A[r, c] - dot
                for k in range(rank):
                    U[r, k] += lr * e * V[c, k]
                for k in range(rank):
                    V[c, k] += lr * e * U[r, k]
    return U, V
