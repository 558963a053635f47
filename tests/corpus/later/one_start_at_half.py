import torch


def initialise(rows, rank):
    # middle of [0, 1]
    return torch.full((rows, rank), 0.5)


def sgd_factorise(A, rank, num_epochs=1000, lr=0.01):
    U = initialise(A.shape[0], rank)
    V = initialise(A.shape[1], rank)
    for _ in range(num_epochs):
        for r in range(U.shape[0]):
            for c in range(V.shape[0]):
                e = A[r, c] - torch.dot(U[r], V[c])
                U[r] += lr * e * V[c]
                V[c] += lr * e * U[r]
    return U, V
