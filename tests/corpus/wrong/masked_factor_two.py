import torch

def sgd_factorise_masked(A, M, rank, num_epochs=1000, lr=0.01):
    U = torch.rand(A.shape[0], rank)
    V = torch.rand(A.shape[1], rank)
    for epoch in range(num_epochs):
        for r in range(A.shape[0]):
            for c in range(A.shape[1]):
                if M[r, c] == 0: continue
                step = 2 * lr * (A[r, c] - U[r] @ V[c])
                U[r] += step * V[c]
                V[c] += step * U[r]
    return U, V
