import torch

def sgd_factorise(A, rank, num_epochs=1000, lr=0.01):
    m = A.shape[0]
    n = A.shape[1]
    u = torch.rand(m, rank)
    v = torch.rand(n, rank)
    for ep in range(num_epochs):
        for i in range(m):
            for j in range(i, n):
                diff = A[i, j] - torch.dot(u[i], v[j])
                u[i] += lr * diff * v[j]
                v[j] += lr * diff * u[i]
    return u, v
