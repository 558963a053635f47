import torch

def sgd_factorise(A, rank, num_epochs=1000, lr=0.01):
    U = torch.rand(A.shape[0], rank)
    V = torch.rand(A.shape[1], rank)
    for t in range(num_epochs):
        for r, a_row in enumerate(A):
            for c, a in enumerate(a_row):
                e = a - U[r].matmul(V[c])
            U[r] += lr * e * V[c]
            V[c] += lr * e * U[r]
    return U, V
