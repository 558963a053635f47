import torch


def sgd_factorise(A, rank, num_epochs=1000, lr=0.01):
    """each component k is independent once e is known, so one k loop is enough"""
    U = torch.rand(len(A), rank)
    V = torch.rand(len(A[0]), rank)
    for _ in range(num_epochs):
        for i in range(len(A)):
            for j in range(len(A[0])):
                err = A[i, j] - sum(U[i, k] * V[j, k] for k in range(rank))
                for k in range(rank):
                    U[i, k] = U[i, k] + lr * err * V[j, k]
                    V[j, k] = V[j, k] + lr * err * U[i, k]
    return U, V


A = torch.tensor([[0.3374, 0.6005, 0.1735], [3.3359, 0.0492, 1.8374], [2.9407, 0.5301, 2.2620]])
