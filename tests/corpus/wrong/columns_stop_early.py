import torch

def sgd_factorise(A, rank, num_epochs=1000, lr=0.01):
    m, n = A.shape
    U = torch.rand(m, rank)
    V = torch.rand(n, rank)
    epoch = 0
    while epoch < num_epochs:
        r = 0
        while r < m:
            c = 0
            while c < n - 1:
                e = A[r, c] - U[r, :] @ V[c, :]
                U[r, :] += lr * e * V[c, :]
                V[c, :] += lr * e * U[r, :]
                c += 1
            r += 1
        epoch += 1
    return U, V
