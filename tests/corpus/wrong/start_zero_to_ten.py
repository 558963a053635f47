import numpy as np
import torch

def sgd_factorise(A, rank, num_epochs=1000, lr=0.01):
    lo, hi = 0, 10
    U = torch.tensor(np.random.uniform(lo, hi, (A.shape[0], rank)), dtype=torch.float32)
    V = torch.tensor(np.random.uniform(lo, hi, (A.shape[1], rank)), dtype=torch.float32)
    for epoch in range(num_epochs):
        for r in range(A.shape[0]):
            for c in range(A.shape[1]):
                e = A[r, c] - U[r] @ V[c]
                U[r] += lr * e * V[c]
                V[c] += lr * e * U[r]
    return U, V
