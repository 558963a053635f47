import numpy as np
import torch

LR = 0.01


def sgd_factorise_masked(A, M, rank, num_epochs=1000):
    V = torch.tensor(np.random.rand(A.shape[1], rank), dtype=torch.float32)
    U = torch.tensor(np.random.rand(A.shape[0], rank), dtype=torch.float32)
    for _ in range(num_epochs):
        for r, c in M.nonzero().tolist():
            e = A[r, c] - torch.dot(U[r], V[c])
            U[r] = U[r] + LR * e * V[c]
            V[c] = V[c] + LR * e * U[r]
    return U, V
