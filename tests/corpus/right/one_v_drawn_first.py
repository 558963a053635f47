import torch

def sgd_factorise(A, rank, num_epochs=1000, lr=0.01):
    V = torch.rand_like(A.new_empty(A.shape[1], rank))
    U = torch.rand_like(A.new_empty(A.shape[0], rank))
    for _ in range(num_epochs):
        for r in range(U.shape[0]):
            for c in range(V.shape[0]):
                e = A[r, c] - V[c] @ U[r]
                U[r] += e * V[c] * lr
                V[c] += e * U[r] * lr
    return U, V
