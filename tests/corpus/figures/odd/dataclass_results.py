from dataclasses import dataclass

import torch

torch.manual_seed(«seed»)
«A»
«M»


«sgd»


«masked»


@dataclass
class Result:
    matrix: torch.Tensor
    loss: float


def squared(X):
    return float(((A - X) ** 2).sum())


U, V = sgd_factorise(A, 2)
sgd = Result(U @ V.T, squared(U @ V.T))
W, s, Xt = torch.linalg.svd(A)
A2 = (W[:, :2] * s[:2]) @ Xt[:2]
svd = Result(A2, squared(A2))
u, v = sgd_factorise_masked(A, M, 2)
completed = Result(u @ v.T, squared(u @ v.T))
print(sgd)
print(svd)
print(completed)
