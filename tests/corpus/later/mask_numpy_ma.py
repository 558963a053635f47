import numpy as np
import torch


def sgd_factorise_masked(A, M, rank, num_epochs=1000, lr=0.01):
    data = np.ma.array(A.numpy(), mask=M.numpy().astype(bool))
    u = np.random.random((data.shape[0], rank))
    v = np.random.random((data.shape[1], rank))
    for _ in range(num_epochs):
        for (r, c), value in np.ma.ndenumerate(data):
            e = value - u[r] @ v[c]
            u[r] += lr * e * v[c]
            v[c] += lr * e * u[r]
    return torch.tensor(u).float(), torch.tensor(v).float()
