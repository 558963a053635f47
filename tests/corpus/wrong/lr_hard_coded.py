import torch

LEARNING_RATE = 0.01

def sgd_factorise(A, rank, num_epochs=1000, lr=LEARNING_RATE):
    rate = LEARNING_RATE
    U = torch.rand(A.shape[0], rank)
    V = torch.rand(A.shape[1], rank)
    for epoch in range(num_epochs):
        for r in range(A.shape[0]):
            for c in range(A.shape[1]):
                e = A[r, c] - U[r] @ V[c]
                U[r] += rate * e * V[c]
                V[c] += rate * e * U[r]
    return U, V
