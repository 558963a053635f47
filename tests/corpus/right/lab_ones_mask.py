import torch


def sgd_factorise_masked(A, M, rank, num_epochs=1000, lr=0.01):
    U = torch.rand(A.shape[0], rank)
    V = torch.rand(A.shape[1], rank)
    for _ in range(num_epochs):
        for r in range(A.shape[0]):
            for c in range(A.shape[1]):
                if M[r, c] != 1: continue
                e = A[r, c] - torch.matmul(U[r], V[c])
                U[r] += lr * e * V[c]
                V[c] += lr * e * U[r]
    return U, V


def sgd_factorise(A, rank, num_epochs=1000, lr=0.01):
    ones = torch.ones(A.shape)
    return sgd_factorise_masked(A, ones, rank, num_epochs, lr)


def svd_loss(A, rank=2):
    U, S, Vh = torch.linalg.svd(A, full_matrices=False)
    S[rank:] = 0
    A_r = U @ torch.diag(S) @ Vh
    return A_r, torch.sum((A - A_r) ** 2)


A = torch.tensor([[0.3374, 0.6005, 0.1735],
                  [3.3359, 0.0492, 1.8374],
                  [2.9407, 0.5301, 2.2620]])
A_r, l = svd_loss(A)
print(A_r, l)
