import torch

LOG_EVERY = 100


def squared_loss(A, U, V):
    return ((A - U @ V.T) ** 2).sum().item()


def sgd_factorise(A, rank, num_epochs=1000, lr=0.01):
    m, n = A.shape
    U = torch.rand(m, rank)
    V = torch.rand(n, rank)
    for epoch in range(num_epochs):
        if epoch % LOG_EVERY == 0:
            print(f"[{epoch}] loss = {squared_loss(A, U, V):.4f}")
            continue
        for r in range(m):
            for c in range(n):
                e = A[r, c] - U[r] @ V[c]
                U[r] += lr * e * V[c]
                V[c] += lr * e * U[r]
    return U, V
