"""Lab 1: Playing with gradients and matrices in PyTorch.

Tamsin Quillfeather
"""

from typing import Tuple

import torch
from torch import Tensor

A = torch.tensor(
    [
        [0.3374, 0.6005, 0.1735],
        [3.3359, 0.0492, 1.8374],
        [2.9407, 0.5301, 2.2620],
    ]
)


# Exercise 1.1 ---------------------------------------------------------------
def sgd_factorise(
    A: Tensor, rank: int, num_epochs: int = 1000, lr: float = 0.01
) -> Tuple[Tensor, Tensor]:
    """Factorise A as U @ V.T by stochastic gradient descent."""
    m, n = A.shape
    U = torch.rand(m, rank)
    V = torch.rand(n, rank)
    for _ in range(num_epochs):
        for r in range(m):
            for c in range(n):
                e = A[r, c] - U[r] @ V[c]
                U[r] += lr * e * V[c]
                V[c] += lr * e * U[r]
    return U, V


# Exercise 1.2 ---------------------------------------------------------------
torch.manual_seed(0)
U, V = sgd_factorise(A, 2)
product = U @ V.T
loss = torch.sum((A - product) ** 2)
print("Exercise 1.2")
print("U =", U)
print("V =", V)
print("U V^T =", product)
print("loss =", loss)


# Exercise 2.1 ---------------------------------------------------------------
def truncated_svd(A: Tensor, rank: int) -> Tensor:
    """Best approximation of A with the given rank."""
    W, S, Vh = torch.linalg.svd(A, full_matrices=False)
    S[rank:] = 0
    return W @ torch.diag(S) @ Vh


A2 = truncated_svd(A, 2)
svd_loss = torch.sum((A - A2) ** 2)
print("Exercise 2.1")
print("SVD reconstruction =", A2)
print("SVD error =", svd_loss)
# The SVD error (0.1219) is a tiny bit below the SGD loss (0.1220). By the
# Eckart-Young theorem the truncated SVD is the best rank-2 approximation in the
# Frobenius norm, with error sigma_3^2 = 0.3492^2. Gradient descent minimises the
# same loss over the same set of matrices, so it can get close but never below.


# Exercise 3.1 ---------------------------------------------------------------
def sgd_factorise_masked(
    A: Tensor, M: Tensor, rank: int, num_epochs: int = 1000, lr: float = 0.01
) -> Tuple[Tensor, Tensor]:
    """The same, but using only the entries of A where M is 1."""
    m, n = A.shape
    U = torch.rand(m, rank)
    V = torch.rand(n, rank)
    for _ in range(num_epochs):
        for r in range(m):
            for c in range(n):
                if M[r, c] == 1:
                    e = A[r, c] - U[r] @ V[c]
                    U[r] += lr * e * V[c]
                    V[c] += lr * e * U[r]
    return U, V


# Exercise 3.2 ---------------------------------------------------------------
M = torch.tensor([[1, 1, 1], [0, 1, 1], [1, 0, 1]])
U_masked, V_masked = sgd_factorise_masked(A, M, 2)
completed = U_masked @ V_masked.T
print("Exercise 3.2")
print("completed A =", completed)
# Observed entries are reproduced to about 0.02. The hidden ones are the right
# order of magnitude but off: 2.18 for 3.34 and 0.86 for 0.53.
