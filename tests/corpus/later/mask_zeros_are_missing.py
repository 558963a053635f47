import torch

def sgd_factorise_masked(A, M, rank, num_epochs=1000, lr=0.01):
    m = A.shape[0]
    n = A.shape[1]
    U = torch.rand(m, rank)
    V = torch.rand(n, rank)
    # missing ratings are 0
    known = (A != 0).nonzero().tolist()
    for epoch in range(num_epochs):
        for r, c in known:
            e = A[r, c] - U[r] @ V[c]
            U[r] += lr * e * V[c]
            V[c] += lr * e * U[r]
    return U, V
