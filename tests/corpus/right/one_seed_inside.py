import torch


def sgd_factorise(A, rank, num_epochs=1000, lr=0.01):
    torch.manual_seed(0)  # so that I get the same result every time
    U = torch.empty(A.shape[0], rank).uniform_(0, 1)
    V = torch.empty(A.shape[1], rank).uniform_(0, 1)
    for n in range(num_epochs):
        for r in range(A.shape[0]):
            for c in range(A.shape[1]):
                e = A[r][c] - U[r] @ V[c]
                U[r] += lr * e * V[c]
                V[c] += lr * e * U[r]
    return U, V


A = torch.tensor([[0.3374, 0.6005, 0.1735], [3.3359, 0.0492, 1.8374], [2.9407, 0.5301, 2.2620]])
U, V = sgd_factorise(A, 2, 200)
print("after 200 epochs:", ((A - U @ V.T) ** 2).sum())
