import torch
from torch import Tensor

def sgd_factorise(A: Tensor, rank: int, num_epochs=1000, lr=0.01):
    U: Tensor = torch.rand(A.shape[0], rank)
    V: Tensor = torch.rand(A.shape[1], rank)
    for epoch in range(num_epochs):
        for r, row in enumerate(A):
            for c, a in enumerate(row):
                e = a - U[r] @ V[c]
                U[r] += lr * e * V[c]
                V[c] -= lr * e * U[r]
    return U, V
