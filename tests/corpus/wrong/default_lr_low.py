import torch

def sgd_factorise(A, rank, num_epochs=1000, lr=1e-3):
    u = torch.rand(A.shape[0], rank)
    v = torch.rand(A.shape[1], rank)
    for _ in range(num_epochs):
        for r in range(u.shape[0]):
            for c in range(v.shape[0]):
                e = A[r, c] - u[r] @ v[c]
                u[r] += lr * e * v[c]
                v[c] += lr * e * u[r]
    return u, v
