from typing import NamedTuple

import torch


class Factors(NamedTuple):
    U: torch.Tensor
    V: torch.Tensor

    def product(self):
        return self.U @ self.V.T


def sgd_factorise(A, rank, num_epochs=1000, lr=0.01) -> Factors:
    f = Factors(torch.rand(A.shape[0], rank), torch.rand(A.shape[1], rank))
    for _ in range(num_epochs):
        for r in range(A.shape[0]):
            for c in range(A.shape[1]):
                e = A[r, c] - f.U[r] @ f.V[c]
                f.U[r].add_(lr * e * f.V[c])
                f.V[c].add_(lr * e * f.U[r])
    return f
