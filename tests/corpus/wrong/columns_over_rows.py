import torch

def sgd_factorise(A, rank, num_epochs=1000, lr=0.01):
    U = torch.rand([len(A), rank])
    V = torch.rand([len(A[0]), rank])
    for _ in range(num_epochs):
        for r in range(len(A)):
            for c in range(len(A)):
                e = A[r, c] - sum(U[r, k] * V[c, k] for k in range(rank))
                U[r] += lr * e * V[c]
                V[c] += lr * e * U[r]
    return U, V
