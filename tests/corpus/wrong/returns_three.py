import torch

def sgd_factorise(A, rank, num_epochs=1000, lr=0.01):
    U = torch.rand(A.shape[0], rank)
    V = torch.rand(A.shape[1], rank)
    losses = []
    for _ in range(num_epochs):
        total = 0.0
        for r in range(A.shape[0]):
            for c in range(A.shape[1]):
                e = A[r, c] - (U[r] * V[c]).sum()
                total += e.item() ** 2
                U[r] += lr * e * V[c]
                V[c] += lr * e * U[r]
        losses.append(total)
    return U, V, losses
