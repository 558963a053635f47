import torch

def sgd_factorise(A, rank, num_epochs=1000, lr=0.01):
    U = torch.rand(A.shape[0], rank)
    V = torch.rand(A.shape[1], rank)
    beta = 0.5
    velocity_u = torch.zeros(A.shape[0], rank)
    velocity_v = torch.zeros(A.shape[1], rank)
    for _ in range(num_epochs):
        for r in range(A.shape[0]):
            for c in range(A.shape[1]):
                e = A[r, c] - U[r] @ V[c]
                velocity_u[r] = beta * velocity_u[r] + lr * e * V[c]
                U[r] += velocity_u[r]
                velocity_v[c] = beta * velocity_v[c] + lr * e * U[r]
                V[c] += velocity_v[c]
    return U, V
