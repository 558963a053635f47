import torch

def sgd_factorise(A, rank, num_epochs=1000, lr=0.01):
    m, n = A.shape
    U = torch.rand(m, rank)
    V = torch.rand(n, rank)

    def e(r, c):
        return A[r, c] - U[r] @ V[c]

    for epoch in range(num_epochs):
        for r in range(m):
            for c in range(n):
                err = e(r, c)
                U[r] += lr * err * V[c]
                V[c] += lr * e(r, c) * U[r]
    return U, V
