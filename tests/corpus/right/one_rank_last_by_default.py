import torch


def sgd_factorise(X, T=1000, eta0=0.01, k=2):
    m, n = X.shape
    U = torch.rand(m, k)
    V = torch.rand(n, k)
    for epoch in range(T):
        for r in range(m):
            for c in range(n):
                e = X[r, c] - U[r] @ V[c]
                U[r] += eta0 * e * V[c]
                V[c] += eta0 * e * U[r]
    return U, V
