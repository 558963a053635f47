import torch
import torch.nn as nn


def sgd_factorise(A, rank, num_epochs=1000, lr=0.01):
    U = nn.Parameter(torch.rand(A.shape[0], rank))
    V = nn.Parameter(torch.rand(A.shape[1], rank))
    for epoch in range(num_epochs):
        with torch.no_grad():
            for r in range(A.shape[0]):
                for c in range(A.shape[1]):
                    e = A[r, c] - torch.dot(U[r], V[c])
                    U[r] += lr * e * V[c]
                    V[c] += lr * e * U[r]
    return U, V
