import numpy as np
import torch


def sgd_factorise(A, rank, num_epochs=1000, lr=0.01):
    X = A.detach().cpu().numpy().astype(np.float64)
    m, n = X.shape
    U = np.random.rand(m, rank)
    V = np.random.rand(n, rank)
    for t in range(num_epochs):
        for r in range(m):
            for c in range(n):
                e = X[r, c] - np.dot(U[r], V[c])
            U[r] += lr * e * V[c]
            V[c] += lr * e * U[r]
    return torch.from_numpy(U), torch.from_numpy(V)
