import torch


def sgd_factorise_masked(A, M, rank, num_epochs=1000, lr=0.01):
    U = torch.rand(A.shape[0], rank)
    V = torch.rand(A.shape[1], rank)
    seen = M.bool()
    for _ in range(num_epochs):
        for r in range(A.shape[0]):
            known = A[r][seen[r]]
            for c, value in enumerate(known):
                e = value - U[r] @ V[c]
                U[r] += lr * e * V[c]
                V[c] += lr * e * U[r]
    return U, V
