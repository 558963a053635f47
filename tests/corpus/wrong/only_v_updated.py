import torch

def sgd_factorise(A, rank, num_epochs=1000, lr=0.01):
    dims = A.shape
    U = torch.empty(dims[0], rank).uniform_(0, 1)
    V = torch.empty(dims[1], rank).uniform_(0, 1)
    for epoch in range(num_epochs):
        for r in range(dims[0]):
            for c in range(dims[1]):
                err = A[r, c] - torch.einsum("k,k->", U[r], V[c])
                V[c] += lr * err * U[r]
    return U, V
