import numpy as np
import torch


def sgd_factorise_masked(A, M, rank, num_epochs=1000, lr=0.01):
    a = A.numpy().astype('float64')
    where = np.argwhere(M.numpy() == 1)
    u = np.random.uniform(0, 1, (a.shape[0], rank))
    v = np.random.uniform(0, 1, (a.shape[1], rank))
    for _ in range(num_epochs):
        for r, c in where:
            e = a[r, c] - u[r].dot(v[c])
            u[r] = u[r] + lr * e * v[c]
            v[c] = v[c] + lr * e * u[r]
    return torch.tensor(u, dtype=torch.float), torch.tensor(v, dtype=torch.float)
