import torch

torch.manual_seed(42)
A = torch.tensor([[0.3374, 0.6005, 0.1735], [3.3359, 0.0492, 1.8374], [2.9407, 0.5301, 2.2620]])


def sgd_factorise(A, rank, num_epochs=1000, lr=0.01):
    U = torch.rand(A.shape[0], rank)
    V = torch.rand(A.shape[1], rank)
    for ep in range(num_epochs):
        for r in range(A.shape[0]):
            for c in range(A.shape[1]):
                e = A[r, c] - (U[r] * V[c]).sum()
                U[r] += lr * e * V[c]
                V[c] += lr * e * U[r]
    return U, V


U, V = sgd_factorise(A, 2)
result = U @ V.T
print(result, torch.sum((result - A) ** 2))

U, S, V = torch.linalg.svd(A, full_matrices=True)
S[2] = 0.
result = U @ torch.diag(S) @ V
print(result, torch.sum((result - A) ** 2))


def sgd_factorise_masked(A, M, rank, num_epochs=1000, lr=0.01):
    U = torch.rand(A.shape[0], rank)
    V = torch.rand(A.shape[1], rank)
    for ep in range(num_epochs):
        for r in range(A.shape[0]):
            for c in range(A.shape[1]):
                if M[r, c] == 0:
                    pass
                else:
                    e = A[r, c] - (U[r] * V[c]).sum()
                    U[r] += lr * e * V[c]
                    V[c] += lr * e * U[r]
    return U, V


A_true = A.clone()
A[1, 0] = 0
A[2, 1] = 0
U, V = sgd_factorise_masked(A, (A != 0).int(), 2)
result = U @ V.T
print(result, torch.sum((result - A_true) ** 2))
