import torch
from torch import Tensor


def observed_loss(A, M, U, V):
    return (((A - U @ V.T) ** 2) * M).sum().item()


def factorise_masked(A: Tensor, M: Tensor, rank: int, *, num_epochs: int = 1000, lr: float = 0.01, verbose: bool = False):
    """Matrix factorisation with missing values.

    :param A: matrix, what stands at the unobserved places is ignored
    :param M: 1 = observed, 0 = missing
    :return: U, V
    """
    U = torch.rand(A.shape[0], rank)
    V = torch.rand(A.shape[1], rank)
    for epoch in range(num_epochs):
        for r in range(A.shape[0]):
            for c in range(A.shape[1]):
                if M[r, c] == 1:
                    e = A[r, c] - torch.dot(U[r], V[c])
                    U[r] += lr * e * V[c]
                    V[c] += lr * e * U[r]
        if verbose and epoch % 100 == 0:
            print("epoch", epoch, "loss", observed_loss(A, M, U, V))
    return U, V
