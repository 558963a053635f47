import torch

def sgd_factorise_masked(A, M, rank, num_epochs=1000, lr=0.01):
    U = torch.rand(A.shape[0], rank)
    V = torch.rand(A.shape[1], rank)
    for _ in range(num_epochs):
        for c in range(A.shape[1]):
            for r in range(A.shape[0]):
                seen = bool(M[c, r])
                if seen:
                    e = A[r, c] - torch.sum(U[r] * V[c])
                    U[r] += lr * e * V[c]
                    V[c] += lr * e * U[r]
    return U, V
