import torch

def sgd_factorise(A, rank, num_epochs=1000, lr=0.01):
    U = torch.rand(A.shape[0], rank)
    V = torch.rand(A.shape[1], rank)
    for _ in range(num_epochs):
        for r in range(A.shape[0]):
            for c in range(A.shape[1]):
                delta = lr * (A[r, c] - U[r] @ V[c])
                U[r] += delta * V[c]
                V[c] += delta * V[c]
    return U, V
