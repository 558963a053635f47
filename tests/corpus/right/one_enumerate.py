import torch

def sgd_factorise(A, rank, num_epochs=1000, lr=0.01):
    U = torch.rand(A.shape[0], rank)
    V = torch.rand(A.shape[1], rank)
    for epoch in range(1, num_epochs + 1):
        for r, row in enumerate(A):
            for c, a_rc in enumerate(row):
                e = a_rc - U[r].dot(V[c])
                U[r] += lr * e * V[c]
                V[c] += lr * e * U[r]
    return (U, V)
