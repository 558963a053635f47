import torch
from torch import nn


def sgd_factorise(A, rank, num_epochs=1000, lr=0.01):
    m, n = A.shape
    U = nn.Parameter(torch.empty(m, rank))
    V = nn.Parameter(torch.empty(n, rank))
    nn.init.uniform_(U, a=0.0, b=1.0)
    nn.init.uniform_(V, a=0.0, b=1.0)
    for epoch in range(num_epochs):
        for r in range(m):
            for c in range(n):
                e = A[r, c] - U.data[r] @ V.data[c]
                U.data[r] += lr * e * V.data[c]
                V.data[c] += lr * e * U.data[r]
    return U.data, V.data
