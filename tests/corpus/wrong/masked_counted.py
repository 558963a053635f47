import torch

def sgd_factorise_masked(A, M, rank, num_epochs=1000, lr=0.01):
    U = torch.rand(A.shape[0], rank)
    V = torch.rand(A.shape[1], rank)
    counts = M.int().sum(dim=1).tolist()
    for epoch in range(num_epochs):
        for r, k in enumerate(counts):
            for c in range(k):
                e = A[r, c] - torch.inner(U[r], V[c])
                U[r] += lr * e * V[c]
                V[c] += lr * e * U[r]
    return U, V
