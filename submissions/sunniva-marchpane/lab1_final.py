# FINAL VERSION (please mark this one)
# uniform start, all rows, all columns, no factor 2
import torch

A = torch.tensor([[0.3374, 0.6005, 0.1735], [3.3359, 0.0492, 1.8374], [2.9407, 0.5301, 2.2620]])
M = torch.tensor([[True, True, True], [False, True, True], [True, False, True]])


def _sgd(A, keep, R, N, lr):
    U = torch.rand(A.shape[0], R)
    V = torch.rand(A.shape[1], R)
    for _ in range(N):
        for r in range(A.shape[0]):
            for c in range(A.shape[1]):
                if keep(r, c):
                    e = A[r, c] - U[r] @ V[c]
                    U[r] += lr * e * V[c]
                    V[c] += lr * e * U[r]
    return U, V


def sgd_factorise(A, R, N=1000, lr=0.01):
    return _sgd(A, lambda r, c: True, R, N, lr)


def sgd_factorise_masked(A, M, R, N=1000, lr=0.01):
    return _sgd(A, lambda r, c: bool(M[r, c]), R, N, lr)


def truncated_svd(A, R):
    U, S, Vh = torch.linalg.svd(A)
    S[R:] = 0.0
    A_R = U @ torch.diag(S) @ Vh
    return A_R, torch.sum((A - A_R) ** 2).item()


torch.manual_seed(17)
U, V = sgd_factorise(A, 2)
print("1.2: U and V")
print(U)
print(V)
print("loss", torch.sum((A - U @ V.T) ** 2).item())

A_2, err = truncated_svd(A, 2)
print("2.1: rank 2 reconstruction")
print(A_2)
print("loss", err)
# Eckart-Young: no matrix of rank 2 has a smaller error, that is why SGD is above it

U_c, V_c = sgd_factorise_masked(A, M, 2)
print("3.2: completed")
print(U_c @ V_c.T)
