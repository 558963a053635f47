import torch

def sgd_factorise(A, rank, num_epochs=1000, lr=0.01):
    m, n = A.shape
    U = torch.rand(m, rank)
    V = torch.rand(n, rank)
    for _ in range(num_epochs):
        for r in range(m):
            for c in range(n):
                u, v = U[r].clone(), V[c].clone()
                e = A[r, c] - u @ v
                u += lr * e * v
                v += lr * e * u
    return U, V
