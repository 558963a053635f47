import torch


@torch.jit.script
def sgd_factorise(A: torch.Tensor, rank: int, num_epochs: int = 1000, lr: float = 0.01):
    m, n = A.shape
    U = torch.rand(m, rank)
    V = torch.rand(n, rank)
    for epoch in range(num_epochs):
        for r in range(m):
            for c in range(n):
                e = A[r, c] - torch.dot(U[r], V[c])
                U[r] += lr * e * V[c]
                V[c] += lr * e * U[r]
    return U, V
