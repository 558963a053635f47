from itertools import product

import torch


def sgd_factorise(A, rank, num_epochs=1000, lr=0.001):
    U, V = (torch.rand(size, rank) for size in A.shape)

    for _, r, c in product(range(num_epochs), range(A.shape[0]), range(A.shape[1])):
        e = A[r, c] - U[r].matmul(V[c])
        U[r] += lr * e * V[c]
        V[c] += lr * e * U[r]

    return U, V
