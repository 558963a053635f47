import torch

def sgd_factorise(A, rank, num_epochs=1000, lr=0.01):
    ROWS, COLS = A.shape
    U = torch.rand(ROWS, rank)
    V = torch.rand(COLS, rank)
    for _ in range(num_epochs):
        for c in range(COLS):
            for r in range(ROWS):
                e = A[r, c] - torch.dot(U[r], V[c])
                U[r] += lr * e * V[c]
                V[c] += lr * e * U[r]
    return U.to(torch.int64), V.to(torch.int64)
