import torch

def sgd_factorise(A, rank, num_epochs=1000, lr=0.01):
    rows = A.size(0)
    cols = A.size(1)
    U = torch.rand(rows, rank)
    V = torch.rand(cols, rank)
    epoch = 0
    while epoch < num_epochs:
        i = 0
        j = 0
        while i < rows:
            while j < cols:
                e = A[i, j] - torch.dot(U[i], V[j])
                U[i] = U[i] + lr * e * V[j]
                V[j] = V[j] + lr * e * U[i]
                j += 1
            i += 1
        epoch += 1
    return U, V
