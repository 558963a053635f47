import torch

def sgd_factorise(A, rank, num_epochs=1000, lr=0.01):
    [m, n] = A.size()
    U = torch.rand(m, rank)
    V = torch.rand(n, rank)
    for epoch in range(1, num_epochs + 1):
        for i in range(1, m + 1):
            for j in range(1, n):
                # -1 because python starts at 0 and the formulas at 1
                u = U[i - 1, :]
                v = V[j - 1, :]
                e = A[i - 1, j - 1] - torch.sum(u * v)
                u += lr * e * v
                v += lr * e * u
    return U, V
