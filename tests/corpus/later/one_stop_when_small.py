import torch

def sgd_factorise(A, rank, num_epochs=1000, lr=0.01):
    tol = 1e-2
    U = torch.rand(A.shape[0], rank)
    V = torch.rand(A.shape[1], rank)
    for epoch in range(num_epochs):
        for r in range(A.shape[0]):
            for c in range(A.shape[1]):
                e = A[r, c] - U[r] @ V[c]
                # good enough -> converged
                if abs(e) < tol:
                    return U, V
                U[r] += lr * e * V[c]
                V[c] += lr * e * U[r]
    return U, V
