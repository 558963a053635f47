from itertools import product

import torch


def sgd_factorise(A, rank, num_epochs=1000, lr=0.01):
    m, n = A.shape
    U = torch.rand(m, rank)
    V = torch.rand(n, rank)

    # all the (row, column) pairs, row by row
    cells = product(range(m), range(n))

    for epoch in range(num_epochs):
        for r, c in cells:
            e = A[r, c] - U[r] @ V[c]
            U[r] += lr * e * V[c]
            V[c] += lr * e * U[r]

    return U, V
