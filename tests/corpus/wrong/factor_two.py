import torch

def sgd_factorise(A, rank, num_epochs=1000, lr=0.01):
    m, n = A.shape
    U = torch.rand(m, rank)
    V = torch.rand(n, rank)

    for epoch in range(num_epochs):
        for r in range(m):
            for c in range(n):
                # d/du (a - u.v)^2 = -2 (a - u.v) v
                grad = -2 * (A[r, c] - U[r] @ V[c])
                U[r] -= lr * grad * V[c]
                V[c] -= lr * grad * U[r]

    return U, V
