import torch
import torch.nn.functional as F
from torch import Tensor
from typing import Tuple

torch.manual_seed(0)

A = torch.tensor([[0.3374, 0.6005, 0.1735],
                  [3.3359, 0.0492, 1.8374],
                  [2.9407, 0.5301, 2.2620]])
M = torch.tensor([[1, 1, 1],
                  [0, 1, 1],
                  [1, 0, 1]])


# 1.1
def sgd_factorise(A: Tensor, rank: int, num_epochs=1000, lr=0.01) -> Tuple[Tensor, Tensor]:
    m, n = A.shape
    U = torch.rand(m, rank)
    V = torch.rand(n, rank)
    for epoch in range(num_epochs):
        for r in range(m):
            for c in range(n):
                e = A[r, c] - U[r] @ V[c]
                U[r] += lr * e * V[c]
                V[c] += lr * e * U[r]
    return U, V


# 1.2
U, V = sgd_factorise(A, 2)
print("U:", U)
print("V:", V)
print("loss:", F.mse_loss(U @ V.T, A, reduction="sum"))

# 2.1
Us, S, Vh = torch.linalg.svd(A)
S[-1] = 0
A_svd = Us @ torch.diag(S) @ Vh
print("SVD:", A_svd)
print("loss:", F.mse_loss(A_svd, A, reduction="sum"))


# 3.1
def sgd_factorise_masked(A: Tensor, M: Tensor, rank: int, num_epochs=1000, lr=0.01) -> Tuple[Tensor, Tensor]:
    m, n = A.shape
    U = torch.rand(m, rank)
    V = torch.rand(n, rank)
    for epoch in range(num_epochs):
        for r in range(m):
            for c in range(n):
                if M[r, c] == 1:
                    e = A[r, c] - U[r] @ V[c]
                    U[r] += lr * e * V[c]
                    V[c] += lr * e * U[r]
    return U, V


# 3.2
U_m, V_m = sgd_factorise_masked(A, M, 2)
print("completed:", U_m @ V_m.T)
print("loss:", F.mse_loss(U_m @ V_m.T, A, reduction="sum"))
