import torch

def sgd_factorise_masked(A, M, rank, num_epochs=1000, lr=0.01):
    rows, cols = A.size()
    P = torch.rand(rows, rank)
    Q = torch.rand(cols, rank)
    for _ in range(num_epochs):
        for i in range(rows):
            for j in range(cols):
                e = M[i, j] * A[i, j] - P[i] @ Q[j]
                P[i] += lr * e * Q[j]
                Q[j] += lr * e * P[i]
    return P, Q
