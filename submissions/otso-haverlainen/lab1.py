import torch

A = torch.tensor([[0.3374, 0.6005, 0.1735],
                  [3.3359, 0.0492, 1.8374],
                  [2.9407, 0.5301, 2.2620]])
M = torch.tensor([[1, 1, 1],
                  [0, 1, 1],
                  [1, 0, 1]])


def sgd_factorise(A, rank, num_epochs=1000, lr=0.01):
    m, n = A.shape
    U = torch.rand(m, rank)
    V = torch.rand(n, rank)
    for epoch in range(num_epochs):
        for r in range(m):
            for c in range(n)
                e = A[r, c] - U[r] @ V[c]
                U[r] += lr * e * V[c]
                V[c] += lr * e * U[r]
    return U, V


def sgd_factorise_masked(A, M, rank, num_epochs=1000, lr=0.01):
    m, n = A.shape
    U = torch.rand(m, rank)
    V = torch.rand(n, rank)
    for epoch in range(num_epochs):
        for r in range(m):
            for c in range(n):
                if M[r, c] == 1:
                    e = A[r, c] - U[r] @ V[c]
                    U[r] += lr * e * V[c]
                    V[c] += lr * e * U[r]
    return U, V


torch.manual_seed(11)
U, V = sgd_factorise(A, 2)
print(U, V, ((A - U @ V.T) ** 2).sum())

u, s, vh = torch.linalg.svd(A)
s[2] = 0
print(u @ s.diag() @ vh, ((A - u @ s.diag() @ vh) ** 2).sum())

U, V = sgd_factorise_masked(A, M, 2)
print(U @ V.T)
