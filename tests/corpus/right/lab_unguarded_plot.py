import matplotlib.pyplot as plt
import torch

A = torch.tensor([[0.3374, 0.6005, 0.1735],
                  [3.3359, 0.0492, 1.8374],
                  [2.9407, 0.5301, 2.2620]])
M = torch.tensor([[1, 1, 1], [0, 1, 1], [1, 0, 1]]).bool()


def sgd_factorise(A, rank, num_epochs=1000, lr=0.01):
    U = torch.rand(A.shape[0], rank)
    V = torch.rand(A.shape[1], rank)
    for epoch in range(num_epochs):
        for i in range(A.shape[0]):
            for j in range(A.shape[1]):
                e = A[i, j] - U[i] @ V[j]
                U[i] += lr * e * V[j]
                V[j] += lr * e * U[i]
    return U, V


def sgd_factorise_masked(A, M, rank, num_epochs=1000, lr=0.01):
    U = torch.rand(A.shape[0], rank)
    V = torch.rand(A.shape[1], rank)
    for epoch in range(num_epochs):
        for i in range(A.shape[0]):
            for j in range(A.shape[1]):
                if M[i, j]:
                    e = A[i, j] - U[i] @ V[j]
                    U[i] += lr * e * V[j]
                    V[j] += lr * e * U[i]
    return U, V


def truncated_svd(A, k):
    U, S, Vh = torch.linalg.svd(A, full_matrices=False)
    S[k:] = 0
    return U @ torch.diag(S) @ Vh


losses = []
for n in [0, 50, 100]:
    torch.manual_seed(0)
    U, V = sgd_factorise(A, 2, num_epochs=n)
    losses.append(((A - U @ V.T) ** 2).sum().item())

plt.figure(figsize=(6, 4))
plt.plot([0, 50, 100], losses, "o-")
plt.show()

rank2 = truncated_svd(A, 2)
print(rank2)
