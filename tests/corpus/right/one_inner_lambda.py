import torch

def sgd_factorise(A, rank, num_epochs=1000, lr=0.01):
    U = torch.rand([A.shape[0], rank])
    V = torch.rand([A.shape[1], rank])
    err = lambda r, c: A[r, c] - U[r] @ V[c]

    def step(r, c):
        nonlocal U, V
        e = err(r, c)
        U[r] += lr * e * V[c]
        V[c] += lr * e * U[r]

    for _ in range(num_epochs):
        [step(r, c) for r in range(A.shape[0]) for c in range(A.shape[1])]
    return U, V
