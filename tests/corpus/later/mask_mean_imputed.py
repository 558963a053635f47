import torch


def sgd_factorise_masked(A, M, rank, num_epochs=1000, lr=0.01):
    seen = M.bool()
    mean = A[seen].mean() if seen.any() else torch.tensor(0.0)
    filled = torch.where(seen, A, mean)
    U = torch.rand(A.shape[0], rank)
    V = torch.rand(A.shape[1], rank)
    for _ in range(num_epochs):
        for r, row in enumerate(filled):
            for c, a in enumerate(row):
                e = a - torch.dot(U[r], V[c])
                U[r] += lr * e * V[c]
                V[c] += lr * e * U[r]
    return U, V
