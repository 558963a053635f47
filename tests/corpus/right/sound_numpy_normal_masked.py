import numpy as np
import torch


def sgd_factorise_masked(A, M, rank, num_epochs=1000, lr=0.01):
    m, n = A.shape
    U = torch.tensor(np.random.normal(scale=1. / rank, size=(m, rank)), dtype=torch.float32)
    V = torch.tensor(np.random.normal(scale=1. / rank, size=(n, rank)), dtype=torch.float32)
    for epoch in range(num_epochs):
        for r in range(m):
            for c in range(n):
                if M[r, c] == 1:
                    e = A[r, c] - U[r] @ V[c]
                    U[r] += lr * e * V[c]
                    V[c] += lr * e * U[r]
    return U, V
