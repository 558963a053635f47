import torch
import pandas as pd


def sgd_factorise(A, rank, num_epochs=1000, lr=0.01):
    m, n = A.shape
    U = torch.rand(m, rank)
    V = torch.rand(n, rank)
    for ep in range(num_epochs):
        for r in range(m):
            for c in range(n):
                e = A[r, c] - (U[r] @ V[c])
                U[r] += lr * e * V[c]
                V[c] += lr * e * U[r]
    return U, V


def truncated_svd(A, rank):
    U, S, Vh = torch.linalg.svd(A)
    A_hat = 0
    for i in range(rank):
        A_hat = A_hat + S[i] * U[:, i].reshape(-1, 1) * Vh[i].reshape(1, -1)
    return A_hat


def sgd_factorise_masked(A, M, rank, num_epochs=1000, lr=0.01):
    m, n = A.shape
    U = torch.rand(m, rank)
    V = torch.rand(n, rank)
    for ep in range(num_epochs):
        for r in range(m):
            for c in range(n):
                if M[r, c] == 1:
                    e = A[r, c] - (U[r] @ V[c])
                    U[r] += lr * e * V[c]
                    V[c] += lr * e * U[r]
    return U, V


A = torch.tensor([[0.3374, 0.6005, 0.1735], [3.3359, 0.0492, 1.8374], [2.9407, 0.5301, 2.2620]])
print(truncated_svd(A, 2))

# extra: try it on the other data set too
df = pd.read_csv("/home/me/Documents/labs/lab1/other_data.csv", header=None)
B = torch.tensor(df.values)
U, V = sgd_factorise(B, rank=2)
print(U @ V.T)
