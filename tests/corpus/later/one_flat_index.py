import torch


def cell(k, A):
    """row and column of the k-th entry"""
    return divmod(k, A.shape[0])


def sgd_factorise(A, rank, num_epochs=1000, lr=0.01):
    U = torch.rand(A.shape[0], rank)
    V = torch.rand(A.shape[1], rank)
    for epoch in range(num_epochs):
        for k in range(A.numel()):
            r, c = cell(k, A)
            e = A[r, c] - torch.inner(U[r], V[c])
            U[r] += lr * e * V[c]
            V[c] += lr * e * U[r]
    return U, V
