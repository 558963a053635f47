import torch

def sgd_factorise(A, rank, num_epochs=1000, lr=0.01):
    m, n = A.shape
    U = torch.rand(m, rank)
    V = torch.rand(n, rank)
    for epoch in range(num_epochs):
        for r in range(m):
            for c in range(n):
                e = A[r, c] - sum(U[r, k] * V[c, k] for k in range(rank))
                for k in range(2):
                    U[r, k] = U[r, k] + lr * e * V[c, k]
                    V[c, k] = V[c, k] + lr * e * U[r, k]
    return U, V
