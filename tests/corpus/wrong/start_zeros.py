import torch

def sgd_factorise(A, rank, num_epochs=1000, lr=0.01):
    # start
    U = A.new_zeros(A.shape[0], rank)
    V = A.new_zeros(A.shape[1], rank)
    # train
    for _ in range(num_epochs):
        for r in range(A.shape[0]):
            for c in range(A.shape[1]):
                e = A[r, c] - torch.inner(U[r], V[c])
                U[r] += lr * e * V[c]
                V[c] += lr * e * U[r]
    return U, V
