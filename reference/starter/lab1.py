"""Lab 1, playing with gradients and matrices in PyTorch: complete the functions, then answer below them."""

import torch
from torch import Tensor

A = torch.tensor([[0.3374, 0.6005, 0.1735], [3.3359, 0.0492, 1.8374], [2.9407, 0.5301, 2.2620]])
M = torch.tensor([[1, 1, 1], [0, 1, 1], [1, 0, 1]])


def sgd_factorise(A: Tensor, rank: int, num_epochs: int = 1000, lr: float = 0.01) -> tuple[Tensor, Tensor]:
    """Exercise 1.1: return U (m×rank) and V (n×rank), so that U Vᵀ comes close to A."""
    raise NotImplementedError("exercise 1.1 is yours to write")


def truncated_svd(A: Tensor, rank: int) -> Tensor:
    """Exercise 2.1: return A reconstructed from its `rank` largest singular values."""
    raise NotImplementedError("exercise 2.1 is yours to write")


def sgd_factorise_masked(
    A: Tensor, M: Tensor, rank: int, num_epochs: int = 1000, lr: float = 0.01
) -> tuple[Tensor, Tensor]:
    """Exercise 3.1: like 1.1, but only where M is 1. The values in the other cells must not matter."""
    raise NotImplementedError("exercise 3.1 is yours to write")


# Exercise 1.2: factorise A at rank 2 with the defaults. Print U and V, and the loss: a sum of squares.

# Exercise 2.1: print the error of the reconstruction, compare it with the loss of 1.2, and say why.

# Exercise 3.2: complete A where M is 0. Print the completed matrix, and compare it with A.
