import random
import torch


def dot(x, y):
    total = 0.0
    for a, b in zip(x, y):
        total += a * b
    return total


def random_matrix(rows, cols):
    return [[random.random() for _ in range(cols)] for _ in range(rows)]


def axpy(alpha, x, y):
    for i in range(len(y)):
        y[i] += alpha * x[i]


def sgd_factorise_masked(A, M, rank, num_epochs=1000, lr=0.01):
    rows = A.tolist()
    seen = M.tolist()
    U = random_matrix(len(rows), rank)
    V = random_matrix(len(rows[0]), rank)
    for _ in range(num_epochs):
        for r, row in enumerate(rows):
            for c, a in enumerate(row):
                if seen[r][c] == 1:
                    e = a - dot(U[r], V[c])
                    axpy(lr * e, V[c], U[r])
                    axpy(lr * e, U[r], V[c])
    return torch.tensor(U), torch.tensor(V)


def sgd_factorise(A, rank, num_epochs=1000, lr=0.01):
    return sgd_factorise_masked(A, torch.ones_like(A), rank, num_epochs=num_epochs, lr=lr)


A = torch.tensor([[0.3374, 0.6005, 0.1735], [3.3359, 0.0492, 1.8374], [2.9407, 0.5301, 2.2620]])
M = torch.tensor([[1, 1, 1], [0, 1, 1], [1, 0, 1]])

random.seed(3)
U, V = sgd_factorise(A, 2)
print(((A - U @ V.T) ** 2).sum())

u, s, vh = torch.linalg.svd(A)
A2 = s[0] * torch.outer(u[:, 0], vh[0]) + s[1] * torch.outer(u[:, 1], vh[1])
print(A2, ((A - A2) ** 2).sum())

U, V = sgd_factorise_masked(A, M, 2)
print(U @ V.T)
