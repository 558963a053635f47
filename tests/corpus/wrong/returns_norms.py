import torch

def sgd_factorise(A, rank, num_epochs=1000, lr=0.01):
    m = A.shape[0]
    n = A.shape[1]
    U = torch.rand(m, rank)
    V = torch.rand(n, rank)
    cells = [divmod(k, n) for k in range(m * n)]
    for _ in range(num_epochs):
        for (r, c) in cells:
            e = A[r, c] - U[r] @ V[c]
            U[r] += lr * e * V[c]
            V[c] += lr * e * U[r]
    return U.norm(), V.norm()
