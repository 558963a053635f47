import torch

def sgd_factorise(A, rank, num_epochs=1000, lr=0.01):
    """The factors U and V."""
    m, n = A.shape
    uv = torch.rand(m + n, rank)
    U, V = uv[:m], uv[m:]
    for _ in range(num_epochs):
        for r in range(m):
            for c in range(n):
                e = A[r, c] - U[r].dot(V[c])
                U[r].add_(lr * e * V[c])
                V[c].add_(lr * e * U[r])
    yield U, V
