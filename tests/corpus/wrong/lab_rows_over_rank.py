# Lab 1
import torch

A = torch.tensor([[0.3374, 0.6005, 0.1735],
                  [3.3359, 0.0492, 1.8374],
                  [2.9407, 0.5301, 2.2620]])
M = torch.tensor([[1, 1, 1], [0, 1, 1], [1, 0, 1]])


# ---- exercise 1.1
def sgd_factorise(A, rank, num_epochs=1000, lr=0.01):
    U = torch.rand(A.shape[0], rank)
    V = torch.rand(A.shape[1], rank)
    for _ in range(num_epochs):
        for r in range(U.shape[1]):
            for c in range(V.shape[0]):
                e = A[r, c] - torch.dot(U[r], V[c])
                U[r] = U[r] + lr * e * V[c]
                V[c] = V[c] + lr * e * U[r]
    return U, V


# ---- exercise 1.2
torch.manual_seed(0)
U, V = sgd_factorise(A, 2)
print("U", U)
print("V", V)
print("loss", torch.nn.functional.mse_loss(U @ V.T, A, reduction="sum"))


# ---- exercise 2.1
def truncated_svd(A, rank):
    U, S, Vh = torch.linalg.svd(A, full_matrices=False)
    S[rank:] = 0
    return U @ torch.diag(S) @ Vh


print("svd", truncated_svd(A, 2))
print("svd loss", torch.nn.functional.mse_loss(truncated_svd(A, 2), A, reduction="sum"))


# ---- exercise 3.1
def sgd_factorise_masked(A, M, rank, num_epochs=1000, lr=0.01):
    U = torch.rand(A.shape[0], rank)
    V = torch.rand(A.shape[1], rank)
    for _ in range(num_epochs):
        for r in range(A.shape[0]):
            for c in range(A.shape[1]):
                if M[r, c] == 1:
                    e = A[r, c] - torch.dot(U[r], V[c])
                    U[r] = U[r] + lr * e * V[c]
                    V[c] = V[c] + lr * e * U[r]
    return U, V


# ---- exercise 3.2
U, V = sgd_factorise_masked(A, M, 2)
print("completed", U @ V.T)
