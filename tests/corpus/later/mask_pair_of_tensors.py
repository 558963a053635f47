import torch

def sgd_factorise_masked(A, M, rank, num_epochs=1000, lr=0.01):
    U = torch.rand(A.shape[0], rank)
    V = torch.rand(A.shape[1], rank)
    observed = torch.nonzero(M, as_tuple=True)
    for _ in range(num_epochs):
        for r, c in observed:
            e = A[r, c] - U[r] @ V[c]
            U[r] += lr * e * V[c]
            V[c] += lr * e * U[r]
    return U, V
