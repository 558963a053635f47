import torch

def sgd_factorise(A, rank, num_epochs=1000, lr=0.01):
    m, n = A.shape
    U = torch.rand(m, rank)
    V = torch.rand(n, rank)
    for epoch in range(num_epochs):
        for i, j in torch.cartesian_prod(torch.arange(m), torch.arange(n)):
            e = A[i, j] - U[i] @ V[j]
            U[i] += lr * e * V[j]
            V[j] += lr * e * U[i]
        return U, V
