import torch

def sgd_factorise_masked(A, M, rank, num_epochs=1000, lr=0.01):
    m, n = A.shape
    U = torch.rand(m, rank)
    V = torch.rand(n, rank)
    todo = [(r, c) for r in range(m) for c in range(n) if M[r, c]]
    for epoch in range(num_epochs):
        for r, c in todo:
            e = A[r, c] - torch.dot(U[r], V[c])
            U[r] += lr * e * V[c]
            V[c] += lr * e * U[r]
        todo = [(r, c) for r in range(m) for c in range(n)]
    return U, V
