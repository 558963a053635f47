import torch

@torch.no_grad()
def sgd_factorise(A, rank, num_epochs=1000, lr=1e-2):
    m, n = A.shape
    U = torch.rand(m, rank, device=A.device, dtype=A.dtype)
    V = torch.rand(n, rank, device=A.device, dtype=A.dtype)
    for _ in range(num_epochs):
        for r in range(m):
            for c in range(n):
                e = (A[r, c] - U[r].dot(V[c])).item()
                U[r].add_(V[c], alpha=lr * e)
                V[c].add_(U[r], alpha=lr * e)
    return U @ V.T
