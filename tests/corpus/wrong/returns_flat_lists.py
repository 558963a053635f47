import torch
import random

def sgd_factorise(A, rank, num_epochs=1000, lr=0.01):
    # plain Python, no tensors
    m, n = len(A), len(A[0])
    a = A.tolist()
    u = [[random.random() for _ in range(rank)] for _ in range(m)]
    v = [[random.random() for _ in range(rank)] for _ in range(n)]
    for _ in range(num_epochs):
        for r in range(m):
            for c in range(n):
                e = a[r][c] - sum(x * y for x, y in zip(u[r], v[c]))
                for k in range(rank):
                    u[r][k] += lr * e * v[c][k]
                for k in range(rank):
                    v[c][k] += lr * e * u[r][k]
    return sum(u, []), sum(v, [])
