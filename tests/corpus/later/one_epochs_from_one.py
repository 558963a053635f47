import torch


def sgd_factorise(A, rank, num_epochs=1000, lr=0.01, verbose=False):
    m, n = A.shape
    U = torch.rand(m, rank)
    V = torch.rand(n, rank)
    for epoch in range(1, num_epochs):
        for r in range(m):
            for c in range(n):
                e = A[r, c] - U[r] @ V[c]
                U[r] += lr * e * V[c]
                V[c] += lr * e * U[r]
        if verbose and epoch % 100 == 0:
            print("epoch", epoch, "loss", torch.sum((A - U @ V.T) ** 2).item())
    return U, V
