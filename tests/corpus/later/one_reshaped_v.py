import numpy as np
import torch


def sgd_factorise(A, rank, num_epochs=1000, lr=0.01):
    a = A.numpy()
    m, n = a.shape
    U = np.random.rand(m, rank)
    W = np.random.rand(rank, n)   # this is V transposed, so that A = U W
    for epoch in range(num_epochs):
        for r in range(m):
            for c in range(n):
                e = a[r, c] - np.dot(U[r, :], W[:, c])
                U[r, :] += lr * e * W[:, c]
                W[:, c] += lr * e * U[r, :]
    V = W.reshape(n, rank)
    return torch.tensor(U, dtype=torch.float32), torch.tensor(V, dtype=torch.float32)
