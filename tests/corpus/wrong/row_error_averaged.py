import torch

def row_error(A, U, V, r, c):
    residual = A[r] - V @ U[r]
    return residual.mean()

def sgd_factorise(A, rank, num_epochs=1000, lr=0.01):
    U = torch.rand(A.shape[0], rank)
    V = torch.rand(A.shape[1], rank)
    for epoch in range(num_epochs):
        for r in range(A.shape[0]):
            for c in range(A.shape[1]):
                e = row_error(A, U, V, r, c)
                U[r] += lr * e * V[c]
                V[c] += lr * e * U[r]
    return U, V
