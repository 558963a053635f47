import torch


def step(x, y, e, lr, beta=0.02):
    """one step for x, y is the other factor"""
    return x + lr * (e * y - beta * x)


def sgd_factorise(A, rank, num_epochs=1000, lr=0.01):
    m, n = A.shape
    U = torch.rand(m, rank)
    V = torch.rand(n, rank)
    for epoch in range(num_epochs):
        for r in range(m):
            for c in range(n):
                e = A[r, c] - U[r] @ V[c]
                U[r] = step(U[r], V[c], e, lr)
                V[c] = step(V[c], U[r], e, lr)
    return U, V
