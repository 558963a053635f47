import torch

A = torch.tensor([[0.3374, 0.6005, 0.1735], [3.3359, 0.0492, 1.8374], [2.9407, 0.5301, 2.2620]])
M = torch.tensor([[1, 1, 1], [0, 1, 1], [1, 0, 1]])


def sgd_factorise_masked(A, M, rank, num_epochs=1000, lr=0.01):
    m = len(A)
    n = len(A[0])
    U = torch.rand(m, rank)
    V = torch.rand(n, rank)
    for epoch in range(num_epochs):
        for i in range(m):
            for j in range(n):
                if M[i][j] == 1:
                    e = A[i][j].clone()
                    for k in range(rank):
                        e -= U[i][k] * V[j][k]
                    for k in range(rank):
                        U[i][k] = U[i][k] + lr * e * V[j][k]
                        V[j][k] = V[j][k] - lr * e * U[i][k]
    return U, V


U, V = sgd_factorise_masked(A, M, 2, num_epochs=50)
print(U @ V.T)
