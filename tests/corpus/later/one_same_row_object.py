import torch


def sgd_factorise(A, rank, num_epochs=1000, lr=0.01):
    rows, cols = A.shape
    U = [torch.rand(rank)] * rows
    V = [torch.rand(rank) for _ in range(cols)]
    for _ in range(num_epochs):
        for r in range(rows):
            for c in range(cols):
                error = float(A[r, c] - U[r].dot(V[c]))
                U[r] += lr * error * V[c]
                V[c] += lr * error * U[r]
    return torch.stack(U), torch.stack(V)
