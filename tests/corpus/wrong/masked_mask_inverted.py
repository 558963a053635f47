import torch

def sgd_factorise_masked(A, M, rank, num_epochs=1000, lr=0.01):
    U, V = torch.rand(len(A), rank), torch.rand(A.shape[1], rank)
    hidden = M == 0
    for epoch in range(num_epochs):
        for i in range(len(U)):
            for j in range(len(V)):
                if hidden[i, j]:
                    d = A[i, j] - U[i].dot(V[j])
                    U[i] += lr * d * V[j]
                    V[j] += lr * d * U[i]
    return U, V
