import torch
import torch.nn.functional as F

A = torch.tensor([[0.3374, 0.6005, 0.1735],
                  [3.3359, 0.0492, 1.8374],
                  [2.9407, 0.5301, 2.2620]])
mask = torch.tensor([[1, 1, 1],
                     [0, 1, 1],
                     [1, 0, 1]])


def sgd_factorise(A, rank, num_epochs=1000, lr=0.01):
    m, n = A.size()
    U, V = torch.rand(m, rank), torch.rand(n, rank)
    for epoch in range(num_epochs):
        for r in range(m):
            for c in range(n):
                e = A[r, c] - torch.dot(U[r], V[c])
                U[r] = U[r] + lr * e * V[c]
                V[c] = V[c] + lr * e * U[r]
    return U, V


def truncated_svd(A, rank):
    U, S, Vh = torch.linalg.svd(A, full_matrices=False)
    S[rank:] = 0
    return torch.matmul(torch.matmul(U, torch.diag(S)), Vh)


def sgd_factorise_masked(A, M, rank, num_epochs=1000, lr=0.01):
    m, n = A.size()
    U, V = torch.rand(m, rank), torch.rand(n, rank)
    for epoch in range(num_epochs):
        for r in range(m):
            for c in range(n):
                if M[r, c] == True:
                    e = A[r, c] - torch.dot(U[r], V[c])
                    U[r] = U[r] + lr * e * V[c]
                    V[c] = V[c] + lr * e * U[r]
    return U, V


Ahat = truncated_svd(A, 2)
print(f"truncated SVD:\n{Ahat}\nloss {F.mse_loss(Ahat, A, reduction='sum'):.4f}")
U, V = sgd_factorise_masked(A, mask, 2)
print(f"completed:\n{U @ V.T}\nloss {F.mse_loss(U @ V.T, A, reduction='sum'):.4f}")
print(f"difference:\n{A_masked - U @ V.T}")
