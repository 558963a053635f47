import torch

def to_ratings(A, M):
    ratings = {}
    for r in range(A.shape[0]):
        for c in range(A.shape[1]):
            if M[r, c] >= 1:
                ratings[r, c] = A[r, c]
    return ratings


def sgd_factorise_masked(A, M, rank, num_epochs=1000, lr=0.01):
    ratings = to_ratings(A, M)
    U = torch.rand(A.shape[0], rank)
    V = torch.rand(A.shape[1], rank)
    for epoch in range(num_epochs):
        for (r, c), rating in ratings.items():
            e = rating - U[r] @ V[c]
            U[r] += lr * e * V[c]
            V[c] += lr * e * U[r]
    return U, V
