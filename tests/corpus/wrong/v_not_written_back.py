import torch

def step(u, v, a, lr):
    e = a - u @ v
    u = u + lr * e * v
    v = v + lr * e * u
    return u, v

def sgd_factorise(A, rank, num_epochs=1000, lr=0.01):
    m, n = A.shape
    U = torch.rand(m, rank)
    V = torch.rand(n, rank)
    for _ in range(num_epochs):
        for r in range(m):
            for c in range(n):
                U[r], v = step(U[r], V[c], A[r, c], lr)
    return U, V
