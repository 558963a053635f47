import torch

def random_factor(size, rank):
    start = torch.rand(size, 1)
    return start.repeat(1, rank)

def sgd_factorise(A, rank, num_epochs=1000, lr=0.01):
    m, n = A.shape
    U = random_factor(m, rank)
    V = random_factor(n, rank)
    for _ in range(num_epochs):
        for r in range(m):
            for c in range(n):
                e = A[r, c] - U[r] @ V[c]
                U[r] += lr * e * V[c]
                V[c] += lr * e * U[r]
    return U, V
