# first try, see lab1_final.py
import torch

A = torch.tensor([[0.3374, 0.6005, 0.1735], [3.3359, 0.0492, 1.8374], [2.9407, 0.5301, 2.2620]])


def sgd_factorise(A, rank, num_epochs=1000, lr=0.01):
    U = torch.randn(A.shape[0], rank)
    V = torch.randn(A.shape[1], rank)
    for epoch in range(num_epochs):
        for r in range(A.shape[0] - 1):
            for c in range(A.shape[1] - 1):
                e = A[r, c] - U[r] @ V[c]
                U[r] += 2 * lr * e * V[c]
                V[c] += 2 * lr * e * U[r]
    return U, V


torch.manual_seed(17)
U, V = sgd_factorise(A, 2)
print(U)
print(V)
print("loss", torch.sum((A - U @ V.T) ** 2).item())  # 10?? something is wrong, ask in the lab
