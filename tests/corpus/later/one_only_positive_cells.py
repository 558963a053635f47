import torch

def sgd_factorise(A, rank, num_epochs=1000, lr=0.01):
    m, n = A.shape
    U = torch.rand(m, rank)
    V = torch.rand(n, rank)
    for step in range(num_epochs):
        for i in range(m):
            for j in range(n):
                if A[i][j] > 0:
                    eij = A[i][j] - torch.dot(U[i, :], V[j, :])
                    U[i, :] = U[i, :] + lr * eij * V[j, :]
                    V[j, :] = V[j, :] + lr * eij * U[i, :]
    return U, V
