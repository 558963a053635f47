import torch

def sgd_factorise_masked(A, M, rank, num_epochs=1000, lr=0.01):
    m, n = A.shape
    U = torch.rand(m, rank)
    V = torch.rand(n, rank)
    epoch = 0
    while epoch < num_epochs:
        epoch += 1
        for r in range(m):
            for c in range(n):
                if M[r, c] <= 1:
                    continue
                e = A[r, c] - U[r].dot(V[c])
                U[r] += lr * e * V[c]
                V[c] += lr * e * U[r]
    return U, V
