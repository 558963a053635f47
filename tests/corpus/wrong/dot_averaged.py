import torch

def sgd_factorise(A, rank, num_epochs=1000, lr=0.01):
    m, n = A.shape
    U, V = torch.rand(m, rank), torch.rand(n, rank)
    predict = lambda r, c: (U[r] * V[c]).mean()
    for epoch in range(num_epochs):
        for r in range(m):
            for c in range(n):
                e = A[r, c] - predict(r, c)
                U[r] += lr * e * V[c]
                V[c] += lr * e * U[r]
    return U, V
