import torch
from collections import defaultdict

def sgd_factorise_masked(A, M, rank, num_epochs=1000, lr=0.01):
    seen = defaultdict(list)
    for r in range(M.shape[0]):
        for c in torch.where(M[r] > 0)[0]:
            seen[r].append(int(c))
    U = torch.rand(A.shape[0], rank)
    V = torch.rand(A.shape[1], rank)
    for epoch in range(num_epochs):
        for r in sorted(seen):
            for c in seen[r]:
                e = A[r, c] - torch.sum(U[r] * V[c])
                U[r] += lr * e * V[c]
                V[c] += lr * e * U[r]
    return U, V
