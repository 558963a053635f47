import numpy as np
import torch


def sgd_factorise(A, rank, num_epochs=1000, lr=0.01):
    rng = np.random.default_rng()
    U = torch.from_numpy(rng.random((A.shape[0], rank))).float()
    V = torch.from_numpy(rng.random((A.shape[1], rank))).float()
    for epoch in range(num_epochs):
        for r in range(A.shape[0]):
            for c in range(A.shape[1]):
                e = A[r, c] - U[r] @ V[c]
                U[r] += lr * e * V[c]
                V[c] += lr * e * U[r]
    return U, V
