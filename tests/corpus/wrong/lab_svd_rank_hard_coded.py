import torch

A = torch.tensor([
    [0.3374, 0.6005, 0.1735],
    [3.3359, 0.0492, 1.8374],
    [2.9407, 0.5301, 2.2620],
])

def sgd_factorise_masked(A, M, rank, num_epochs=1000, lr=0.01):
    m, n = A.shape
    U = torch.rand(m, rank)
    V = torch.rand(n, rank)
    for _ in range(num_epochs):
        for r in range(m):
            for c in range(n):
                if M[r, c] == 1:
                    e = A[r, c] - U[r] @ V[c]
                    U[r] += lr * e * V[c]
                    V[c] += lr * e * U[r]
    return U, V

def sgd_factorise(A, rank, num_epochs=1000, lr=0.01):
    return sgd_factorise_masked(A, torch.ones_like(A), rank, num_epochs, lr)

def truncated_svd(A, rank):
    U, S, Vh = torch.linalg.svd(A, full_matrices=False)
    return U[:, :2] @ torch.diag(S[:2]) @ Vh[:2]

torch.manual_seed(0)
U, V = sgd_factorise(A, 2)
print(((U @ V.T - A) ** 2).sum())
print(((truncated_svd(A, 2) - A) ** 2).sum())
U, V = sgd_factorise_masked(A, torch.tensor([[1, 1, 1], [0, 1, 1], [1, 0, 1]]), 2)
print(U @ V.T)
