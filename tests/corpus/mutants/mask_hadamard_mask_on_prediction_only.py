import torch


def sgd_factorise_masked(A, M, rank, num_epochs=1000, lr=0.01):
    MA = A
    V = torch.rand(A.shape[1], rank)
    U = torch.rand(A.shape[0], rank)
    for epoch in range(num_epochs):
        for r in range(A.shape[0]):
            for c in range(A.shape[1]):
                e = MA[r, c] - M[r, c] * torch.dot(U[r], V[c])
                U[r] = U[r] + lr * e * V[c]
                V[c] = V[c] + lr * e * U[r]
    return U, V
