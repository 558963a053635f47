import torch

def sgd_factorise_masked(A, M, rank, num_epochs=1000, lr=0.01):
    m, n = A.shape
    P, Q = torch.rand(m, rank), torch.rand(n, rank)
    W = M.float()
    for _ in range(num_epochs):
        for i in range(m):
            for j in range(n):
                g = lr * W[i, j] * (A[i, j] - P[i] @ Q[j])
                P[i] += g * Q[j]
                Q[j] += g * P[i]
    return W * (P @ Q.T)
