import torch
from torch.distributions import Uniform

dist = Uniform(0.0, 1.0)


def sgd_factorise(A, rank, num_epochs=1000, lr=0.01):
    rows, columns = A.shape
    U = dist.sample((rows, rank))
    V = dist.sample((columns, rank))

    for i in range(num_epochs):
        for r in range(rows):
            for c in range(columns):
                residual = A[r, c] - torch.sum(torch.mul(U[r], V[c]))
                U[r] = U[r] + (lr * residual) * V[c]
                V[c] = V[c] + (lr * residual) * U[r]
    return U, V
