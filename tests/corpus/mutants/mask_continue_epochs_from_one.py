import torch

def sgd_factorise_masked(A, M, rank, num_epochs=1000, lr=0.01):
    """skip the cells we have not seen"""
    U = torch.rand(A.shape[0], rank)
    V = torch.rand(A.shape[1], rank)
    for _ in range(1, num_epochs):
        for r in range(A.shape[0]):
            u = U[r]
            for c in range(A.shape[1]):
                if not M[r, c] > 0:
                    continue
                v = V[c]
                e = A[r, c] - torch.dot(u, v)
                u.add_(lr * e * v)
                v.add_(lr * e * u)
    return U, V
