import torch

def sgd_factorise(A, rank, num_epochs=1000, lr=0.01):
    U = torch.rand(len(A), rank)
    V = torch.rand(len(A[0]), rank)
    for _ in range(num_epochs):
        for r, row in enumerate(A):
            for c, value in enumerate(row):
                e = value - U[r] @ V[c]
                U[r] += lr * e * V[c]
                V[c] = torch.clamp(V[c] + lr * e * U[r], min=0)
    return U, V
