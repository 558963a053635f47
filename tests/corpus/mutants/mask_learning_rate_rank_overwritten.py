import torch

def sgd_factorise_masked(A, M, rank, num_epochs=1000, lr=0.01):
    rank = 2
    rates = lr * M.float()
    U = torch.rand(A.shape[0], rank)
    V = torch.rand(A.shape[1], rank)
    for epoch in range(num_epochs):
        for r in range(A.shape[0]):
            for c in range(A.shape[1]):
                e = A[r, c] - (U[r] * V[c]).sum()
                U[r] += rates[r, c] * e * V[c]
                V[c] += rates[r, c] * e * U[r]
    return U, V
