import numpy as np
import torch

rng = np.random.default_rng(42)


def sgd_factorise(A, rank, num_epochs=1000, lr=0.01):
    A_np = np.asarray(A, dtype=np.float32)
    rng = np.random.default_rng(42)
    U = rng.random((A_np.shape[0], rank), dtype=np.float32)
    V = rng.random((A_np.shape[1], rank), dtype=np.float32)
    lr = np.float32(lr)
    for epoch in range(num_epochs):
        for (c, r) in np.ndindex(A_np.shape[::-1]):
            e = A_np[r, c] - U[r] @ V[c]
            U[r] += lr * e * V[c]
            V[c] += lr * e * U[r]
    return torch.as_tensor(U), torch.as_tensor(V)
