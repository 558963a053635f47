import torch


def sgd_factorise(A, rank, num_epochs=1000, lr=0.01):
    m, n = A.shape
    W = torch.rand(m + n, rank)   # all parameters in one tensor
    for epoch in range(num_epochs):
        for r in range(m):
            for c in range(m, m + n):
                e = A[r, c - m] - torch.dot(W[r], W[c])
                W[r] += lr * e * W[c]
                W[c] += lr * e * W[r]
    U, V = torch.split(W, [m, n])
    return U, V
