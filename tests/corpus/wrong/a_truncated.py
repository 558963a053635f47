import torch

def sgd_factorise(A, rank, num_epochs=1000, lr=0.01):
    m, n = A.shape[0], A.shape[1]
    U = torch.rand((m, rank))
    V = torch.rand((n, rank))
    target = A.long()
    for epoch in range(num_epochs):
        for r in range(m):
            for c in range(n):
                e = target[r, c] - U[r] @ V[c]
                U[r] += lr * e * V[c]
                V[c] += lr * e * U[r]
    return U, V
