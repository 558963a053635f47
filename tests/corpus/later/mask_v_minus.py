import torch

def sgd_factorise_masked(A, M, rank, num_epochs=1000, lr=0.01):
    m, n = A.shape
    U = torch.rand(m, rank)
    V = torch.rand(n, rank)
    omega = [(i, j) for i in range(m) for j in range(n) if M[i, j]]
    for t in range(num_epochs):
        for i, j in omega:
            e = A[i, j] - U[i].dot(V[j])
            U[i] += lr * e * V[j]
            V[j] -= lr * e * U[i]
    return U, V
