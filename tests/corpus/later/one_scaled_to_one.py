import torch

def normalise(X):
    # entries between 0 and 1 fit better to torch.rand
    return X / X.abs().max()

def sgd_factorise(A, rank, num_epochs=1000, lr=0.01):
    A = normalise(A)
    m, n = A.shape
    U = torch.rand(m, rank)
    V = torch.rand(n, rank)
    for epoch in range(num_epochs):
        for r in range(m):
            for c in range(n):
                e = A[r, c] - U[r] @ V[c]
                U[r] += lr * e * V[c]
                V[c] += lr * e * U[r]
    return U, V
