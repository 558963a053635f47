import torch

def sgd_factorise_masked(A, M, rank, num_epochs=1000, lr=0.01):
    hidden = ~M.int()
    U = torch.rand(A.size(0), rank)
    V = torch.rand(A.size(1), rank)
    for _ in range(num_epochs):
        for r in range(A.size(0)):
            for c in range(A.size(1)):
                if hidden[r, c]:
                    continue
                e = A[r, c] - U[r] @ V[c]
                U[r] += lr * e * V[c]
                V[c] += lr * e * U[r]
    return U, V
