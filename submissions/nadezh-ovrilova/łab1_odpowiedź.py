# -*- coding: utf-8 -*-
# Nadezh Ovriłova · ćwiczenie 1
import torch

torch.manual_seed(31337)

A = torch.tensor([[0.3374, 0.6005, 0.1735],
                  [3.3359, 0.0492, 1.8374],
                  [2.9407, 0.5301, 2.2620]])
M = torch.tensor([[1, 1, 1],
                  [0, 1, 1],
                  [1, 0, 1]])


# 1.1
def sgd_factorise(A, rank, num_epochs=1000, lr=0.01):
    m, n = A.shape
    U = torch.rand([m, rank])
    V = torch.rand([n, rank])
    for _ in range(num_epochs):
        for r in range(m):
            for c in range(n):
                ε = A[r, c] - torch.matmul(U[r], V[c])
                U[r] += lr * ε * V[c]
                V[c] += lr * ε * U[r]
    return U, V


# 3.1: unknown cells are 0, so set them to 0 and factorise
def sgd_factorise_masked(A, M, rank, num_epochs=1000, lr=0.01):
    return sgd_factorise(A * M, rank, num_epochs, lr)


# 1.2
U, V = sgd_factorise(A, 2)
Â = U @ V.T
print('„1.2”')
print(Â)
print('loss ‖A − Â‖² =', ((A - Â) ** 2).sum())

# 2.1
W, s, Zh = torch.linalg.svd(A)
s[2] = 0
A_svd = W @ torch.diag(s) @ Zh
print('„2.1”')
print(A_svd)
print('loss ‖A − A₂‖² =', ((A - A_svd) ** 2).sum())
# Eckart–Young: SVD daje najlepsze przybliżenie (gives the best approximation)

# 3.2
U, V = sgd_factorise_masked(A, M, 2)
print('„3.2”')
print(U @ V.T)
