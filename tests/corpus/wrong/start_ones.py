import torch
import itertools

def sgd_factorise(A, rank, num_epochs=1000, lr=0.01):
    m, n = A.shape
    U, V = (torch.ones(k, rank) for k in (m, n))
    for epoch, r, c in itertools.product(range(num_epochs), range(m), range(n)):
        e = A[r, c] - U[r] @ V[c]
        U[r] += lr * e * V[c]
        V[c] += lr * e * U[r]
    return U, V
