import torch

def sgd_factorise(A, rank, num_epochs=1000, lr=0.01):
    m, n = A.shape
    U, V = torch.rand(m, rank), torch.rand(n, rank)
    losses = []
    for epoch in range(1, num_epochs + 1):
        if epoch % 50 == 0:
            losses.append(float(((A - U @ V.T) ** 2).sum()))
        else:
            for r in range(m):
                for c in range(n):
                    e = A[r, c] - U[r] @ V[c]
                    U[r] += lr * e * V[c]
                    V[c] += lr * e * U[r]
    return U, V
