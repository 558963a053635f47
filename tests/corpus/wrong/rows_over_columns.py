import torch

def sgd_factorise(A, rank, num_epochs=1000, lr=0.01):
    rows = A.size(0)
    cols = A.size(1)
    U = torch.rand((rows, rank))
    V = torch.rand((cols, rank))
    for i in range(num_epochs):
        for r in range(cols):
            for c in range(cols):
                err = A[r][c] - torch.matmul(U[r], V[c])
                U[r] += lr * err * V[c]
                V[c] += lr * err * U[r]
    return U, V
