import torch

from .data import A, M
from .factorise import sgd_factorise, sgd_factorise_masked

torch.manual_seed(«seed»)
U, V = sgd_factorise(A, 2)
print("1.2", U, V, ((A - U @ V.T) ** 2).sum())
W, S, Xt = torch.linalg.svd(A)
S[2] = 0
A2 = W @ torch.diag(S) @ Xt
print("2.1", A2, ((A - A2) ** 2).sum())
Um, Vm = sgd_factorise_masked(A, M, 2)
print("3.2", Um @ Vm.T)
