import random
import torch

def sgd_factorise(A, rank, num_epochs=1000, lr=0.01):
    m = A.shape[0]
    n = A.shape[1]
    U = torch.tensor([[random.random() for _ in range(rank)] for _ in range(m)])
    V = torch.tensor([[random.uniform(0, 1) for _ in range(rank)] for _ in range(n)])
    for epoch in range(num_epochs):
        for r in range(m):
            for c in range(n):
                e = A[r, c] - torch.inner(U[r], V[c])
                U[r] += lr * (e * V[c])
                V[c] += lr * (e * U[r])
    return U, V
