import torch

def sgd_factorise_masked(A, M, rank, num_epochs=1000, lr=0.01):
    m, n = A.shape
    U = torch.rand(m, rank)
    V = torch.rand(n, rank)
    X = A.clone()
    X[M == 0] = float("nan")
    for epoch in range(num_epochs):
        for r in range(m):
            for c in range(n):
                e = (X[r, c] - U[r] @ V[c]) * M[r, c]
                U[r] += lr * e * V[c]
                V[c] += lr * e * U[r]
    return U, V
