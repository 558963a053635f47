import torch

A = torch.tensor([[0.3374, 0.6005, 0.1735],
                  [3.3359, 0.0492, 1.8374],
                  [2.9407, 0.5301, 2.2620]])
M = torch.tensor([[True, True, True], [False, True, True], [True, False, True]])


def sgd_factorise_masked(A, M, rank, num_epochs=1000, lr=0.01):
    values = A[M]
    positions = torch.argwhere(M)
    U = torch.rand(A.shape[0], rank)
    V = torch.rand(A.shape[1], rank)
    for epoch in range(num_epochs):
        for (r, c), a in zip(positions, values):
            e = a - U[r] @ V[c]
            U[r] += lr * e * V[c]
            V[c] += lr * e * U[r]
    return U, V
