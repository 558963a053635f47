import torch


def sgd_factorise(A, rank, num_epochs=1000, lr=0.01):
    m, n = A.shape
    flat = A.reshape(-1)
    U = torch.rand(m, rank)
    V = torch.rand(n, rank)
    for step in range(num_epochs * m * n):
        cell = step % (m * n)
        r, c = divmod(cell, n)
        e = flat[cell] - torch.sum(U[r] * V[c])
        U[r] = U[r] + lr * e * V[c]
        V[c] = V[c] + lr * e * U[r]
    return U, V
