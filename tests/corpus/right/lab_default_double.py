import torch

torch.set_default_dtype(torch.float64)
torch.set_printoptions(precision=6)

A = torch.tensor([[0.3374, 0.6005, 0.1735],
                  [3.3359, 0.0492, 1.8374],
                  [2.9407, 0.5301, 2.2620]])


def init(A, rank):
    return torch.rand(A.shape[0], rank), torch.rand(A.shape[1], rank)


def sgd_factorise(A, rank, num_epochs=1000, lr=0.01):
    A = A.to(torch.get_default_dtype())
    U, V = init(A, rank)
    for _ in range(num_epochs):
        for r in range(len(U)):
            for c in range(len(V)):
                e = A[r, c] - U[r] @ V[c]
                U[r] += lr * e * V[c]
                V[c] += lr * e * U[r]
    return U, V


def sgd_factorise_masked(A, M, rank, num_epochs=1000, lr=0.01):
    A = A.to(torch.get_default_dtype())
    U, V = init(A, rank)
    for _ in range(num_epochs):
        for r in range(len(U)):
            for c in range(len(V)):
                if M[r, c] > 0.5:
                    e = A[r, c] - U[r] @ V[c]
                    U[r] += lr * e * V[c]
                    V[c] += lr * e * U[r]
    return U, V


def truncated_svd(A, rank):
    U, S, Vh = torch.linalg.svd(A, full_matrices=False)
    S[rank:] = 0
    return U @ torch.diag(S) @ Vh


print(truncated_svd(A, 2))
