import torch


def sgd_factorise(A, rank, num_epochs=1000, lr=0.01):
    U = torch.rand(A.shape[0], rank)
    V = torch.rand(A.shape[1], rank)
    for epoch in range(num_epochs):
        E = A - U @ V.T
        dU = E @ V
        dV = E.T @ U
        U = U + lr * dU
        V = V + lr * dV
    return U, V
