import torch

def sgd_factorise(A, rank, num_epochs=1000, lr=0.01):
    m, n = A.shape
    U = torch.rand(m, rank)
    W = torch.rand(rank, n)   # V transposed
    for _ in range(num_epochs):
        for r in range(m):
            for c in range(n):
                e = A[r, c] - U[r] @ W[:, c]
                U[r] += lr * e * W[:, c]
                W[c] += lr * e * U[r]
    return U, W.T
