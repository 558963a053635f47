import torch

def visit(A, M, U, V, lr, epochs):
    for _ in range(epochs):
        for r in range(A.shape[0]):
            for c in range(A.shape[1]):
                if not M[r, c]:
                    return
                e = A[r, c] - U[r] @ V[c]
                U[r] += lr * e * V[c]
                V[c] += lr * e * U[r]

def sgd_factorise_masked(A, M, rank, num_epochs=1000, lr=0.01):
    U = torch.rand(A.shape[0], rank)
    V = torch.rand(A.shape[1], rank)
    visit(A, M, U, V, lr, num_epochs)
    return U, V
