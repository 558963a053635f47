import torch

def sgd_factorise(A, rank, num_epochs=1000, lr=0.01):
    m, n = A.shape
    U = torch.rand(m, rank)
    V = torch.rand(n, rank)
    for _ in range(num_epochs):
        for r in range(m):
            u = U[r]
            for c in range(n):
                v = V[c]
                e = A[r, c] - u @ V[r]
                u += lr * e * v
                v += lr * e * u
    return U, V
