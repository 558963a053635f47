import torch

def sgd_factorise_masked(A, M, rank, num_epochs=1000, lr=0.01):
    rows, cols = A.shape
    U = torch.rand(rows, rank)
    V = torch.rand(cols, rank)
    for _ in range(num_epochs):
        for i in range(rows):
            for j in range(cols):
                error = A[i][j] - torch.dot(U[i], V[j])
                if M[i][j] == 1:
                    U[i] = U[i] + lr * error * V[j]
                V[j] = V[j] + lr * error * U[i]
    return U, V
