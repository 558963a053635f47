import torch

def sgd_factorise(A, rank, num_epochs=1000, lr=0.01):
    """Gradient descent, one cell at a time."""
    U = torch.rand(A.shape[0], rank)
    V = torch.rand(A.shape[1], rank)
    last_row = A.shape[0] - 1
    for epoch in range(num_epochs):
        # last_row is included
        for r in range(0, last_row):
            for c, target in enumerate(A[r]):
                e = target - (U[r] * V[c]).sum()
                U[r] = U[r] + lr * e * V[c]
                V[c] = V[c] + lr * e * U[r]
    return U, V
