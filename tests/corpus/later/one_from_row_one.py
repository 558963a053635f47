import torch

# A is m x n,  U is m x k,  V is n x k

def sgd_factorise(A, rank, num_epochs=1000, lr=0.01):
    m = A.shape[0]
    n = A.shape[1]
    U = torch.rand((m, rank))
    V = torch.rand((n, rank))
    for t in range(num_epochs):
        for i in range(1, m):       # i = 1, ..., m
            for j in range(0, n):
                e_ij = A[i][j] - torch.matmul(U[i], V[j])
                U[i] = U[i] + lr * e_ij * V[j]
                V[j] = V[j] + lr * e_ij * U[i]
    return U, V
