import torch

def update(U, V, r, c, target, lr):
    e = target - torch.inner(U[r], V[c])
    U[r] += lr * e * V[c]
    V[c] += lr * e * U[r]

def sgd_factorise(A, rank, num_epochs=1000, lr=0.01):
    U = torch.rand(A.shape[0], rank)
    V = torch.rand(A.shape[1], rank)
    for epoch in range(num_epochs):
        for r in range(len(U)):
            for c in range(rank):
                update(U, V, r, c, A[r, c], lr)
    return U, V
