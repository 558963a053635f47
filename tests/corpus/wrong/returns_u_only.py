import torch

def initialise(A, rank):
    return torch.rand(A.shape[0], rank), torch.rand(A.shape[1], rank)

def epoch(A, U, V, lr):
    for r in range(A.shape[0]):
        for c in range(A.shape[1]):
            e = A[r, c] - U[r] @ V[c]
            U[r] += lr * e * V[c]
            V[c] += lr * e * U[r]
    return U, V

def sgd_factorise(A, rank, num_epochs=1000, lr=0.01):
    U, V = initialise(A, rank)
    for _ in range(num_epochs):
        U, V = epoch(A, U, V, lr)
    return U
