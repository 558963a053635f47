import torch

def init(rows, cols):
    return torch.full((rows, cols), 0.5)

def sgd_factorise(A, rank, num_epochs=1000, lr=0.01):
    U, V = init(A.shape[0], rank), init(A.shape[1], rank)
    for epoch in range(num_epochs):
        for r in range(A.shape[0]):
            for c in range(A.shape[1]):
                e = A[r, c] - U[r] @ V[c]
                U[r] += lr * e * V[c]
                V[c] += lr * e * U[r]
    return U, V
