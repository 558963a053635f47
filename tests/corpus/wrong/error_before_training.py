import torch

def sgd_factorise(A, rank, num_epochs=1000, lr=0.01):
    m, n = A.shape
    U = torch.rand(m, rank)
    V = torch.rand(n, rank)
    error = A - torch.mm(U, V.t())
    for epoch in range(num_epochs):
        for r in range(m):
            for c in range(n):
                U[r] += lr * error[r, c] * V[c]
                V[c] += lr * error[r, c] * U[r]
    return U, V
