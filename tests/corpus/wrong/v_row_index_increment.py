import torch

def sgd_factorise(A, rank, num_epochs=1000, lr=0.01):
    num_rows, num_cols = A.shape[0], A.shape[1]
    U = torch.rand(num_rows, rank)
    V = torch.rand(num_cols, rank)
    for epoch in range(num_epochs):
        for r in range(num_rows):
            for c in range(num_cols):
                e = A[r][c] - torch.dot(U[r], V[c])
                U[r] += lr * e * V[c]
                V[r] += lr * e * U[r]
    return U, V
