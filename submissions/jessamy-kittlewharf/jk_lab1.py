import torch
import seaborn as sns
import matplotlib.pyplot as plt
from torch import Tensor

torch.manual_seed(271828)

A = torch.tensor([[0.3374, 0.6005, 0.1735],
                  [3.3359, 0.0492, 1.8374],
                  [2.9407, 0.5301, 2.2620]])


def sgd_factorise(A: Tensor, rank: int, num_epochs=1000, lr=0.01):
    U = torch.rand(A.size()[0], rank)
    V = torch.rand(A.size()[1], rank)
    for epoch in range(num_epochs):
        for r in range(A.size()[0]):
            for c in range(A.size()[1]):
                e = A[r, c] - torch.inner(U[r], V[c])
                U[r] = torch.add(U[r], lr * e * V[c])
                V[c] = torch.add(V[c], lr * e * U[r])
    return (U, V)


U_hat, V_hat = sgd_factorise(A, 2)
loss_sgd = torch.nn.functional.mse_loss(U_hat @ V_hat.T, A, reduction="sum")
print(f"Ex 1.2: U = {U_hat}, V = {V_hat}")
print(f"Ex 1.2: loss = {loss_sgd:.4f}")

# SVD
U_svd, S_svd, Vh_svd = torch.linalg.svd(A)
S_svd[-1] = 0
A_svd = U_svd @ torch.diag(S_svd) @ Vh_svd
loss_svd = torch.nn.functional.mse_loss(A_svd, A, reduction="sum")
print(f"Ex 2.1: reconstruction = {A_svd}")
print(f"Ex 2.1: loss = {loss_svd:.4f}")
# Truncated SVD is the global optimum (Eckart-Young), SGD only gets near.


def sgd_factorise_masked(A: Tensor, M: Tensor, rank: int, num_epochs=1000, lr=0.01):
    U = torch.rand(A.size()[0], rank)
    V = torch.rand(A.size()[1], rank)
    for epoch in range(num_epochs):
        for r in range(A.size()[0]):
            for c in range(A.size()[1]):
                if M[r, c] == 1:
                    e = A[r, c] - torch.inner(U[r], V[c])
                    U[r] = torch.add(U[r], lr * e * V[c])
                    V[c] = torch.add(V[c], lr * e * U[r])
    return (U, V)


M = torch.tensor([[1, 1, 1], [0, 1, 1], [1, 0, 1]])
U_m, V_m = sgd_factorise_masked(A, M, 2)
A_completed = U_m @ V_m.T
print(f"Ex 3.2: completed = {A_completed}")

# plot for the report
sns.heatmap(A_completed.numpy(), annot=True, cmap="viridis")
plt.title("completed matrix")
plt.show()
