import torch

def sgd_factorise_masked(A, M, rank, num_epochs=1000, lr=0.01):
    U = torch.rand(A.shape[0], rank)
    V = torch.rand(A.shape[1], rank)
    for epoch in range(num_epochs):
        for r in range(A.shape[0]):
            for c in range(A.shape[1]):
                if M[r, c] == 0:
                    continue
                err = A[r, c] - torch.sum(U[r, :] * V[c, :])
                for k in range(rank):
                    V[c, k] += lr * err * U[r, k]
                    U[r, k] += lr * err * V[c, k]
    return U, V
