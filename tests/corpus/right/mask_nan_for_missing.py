import math
import torch


def sgd_factorise_masked(A, M, rank, num_epochs=1000, lr=0.01):
    data = A.clone()
    data[M == 0] = float("nan")
    U = torch.rand(A.shape[0], rank)
    V = torch.rand(A.shape[1], rank)
    for epoch in range(num_epochs):
        for r in range(data.shape[0]):
            for c in range(data.shape[1]):
                if math.isnan(data[r, c]):
                    continue
                e = data[r, c] - torch.dot(U[r], V[c])
                U[r] += lr * e * V[c]
                V[c] += lr * e * U[r]
    return U, V
