import torch

def sgd_factorise(A, rank, num_epochs=1000, lr=0.01):
    U = torch.rand(A.shape[0], rank)
    V = torch.rand(A.shape[1], rank)
    u, v = U[0], V[0]
    for _ in range(num_epochs):
        for r in range(A.shape[0]):
            for c in range(A.shape[1]):
                u, v = U[r], V[c]
                e = A[r, c] - u @ v
                u += lr * e * v
                v += lr * e * u
    return u, v
