import torch

def sgd_factorise(A, rank, num_epochs=1000, lr=0.01):
    m, n = A.shape
    U = torch.rand(m, rank)
    V = torch.rand(n, rank)
    for epoch in range(num_epochs):
        for r in range(m):
            for c in range(n):
                e = A[r, c] - torch.vdot(U[r], V[c])
                dU = e * V[c]
                U[r] += lr * dU
                dV = e * U[r]
                V[c] += dV
    return U, V
