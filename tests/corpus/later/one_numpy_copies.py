import numpy as np
import torch

def sgd_factorise(A, rank, num_epochs=1000, lr=0.01):
    A_np = A.detach().numpy().astype(np.float64)
    m, n = A_np.shape
    U = np.random.uniform(0, 1, size=(m, rank))
    V = np.random.uniform(0, 1, size=(n, rank))
    for _ in range(num_epochs):
        for r in range(m):
            for c in range(n):
                u = U[r].copy()
                e = A_np[r, c] - u @ V[c]
                u += lr * e * V[c]
                V[c] += lr * e * u
    return torch.from_numpy(U).float(), torch.from_numpy(V).float()
