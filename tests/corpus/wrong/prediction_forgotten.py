import torch

def sgd_factorise(A, rank, num_epochs=1000, lr=0.01):
    U = torch.rand(A.shape[0], rank)
    V = torch.rand(A.shape[1], rank)
    for i in range(num_epochs):
        for r in range(A.shape[0]):
            for c in range(A.shape[1]):
                a = A[r, c]
                e = a - U[r] @ V[c]
                U[r] += lr * a * V[c]
                V[c] += lr * a * U[r]
    return U, V
