import torch


def sgd_factorise(A, rank, num_epochs=1000, lr=0.01):
    m = A.size(0)
    n = A.size(1)
    U = torch.rand(m, rank)
    V = torch.rand(n, rank)
    epoch = 0
    while epoch < num_epochs:
        r = 0
        while r < m:
            c = 0
            while c < n:
                e = torch.dot(U[r, :], V[c, :]) - A[r, c]
                U[r, :] = U[r, :] + lr * e * V[c, :]
                V[c, :] = V[c, :] + lr * e * U[r, :]
                c += 1
            r += 1
        epoch += 1
    return U, V
