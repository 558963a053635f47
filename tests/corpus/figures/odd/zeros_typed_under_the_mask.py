import torch

torch.manual_seed(«seed»)
«A»
«M»


«sgd»


«masked»

U, V = sgd_factorise(A, 2)
print("1.2 U", U, "V", V)
print("1.2 loss", ((A - U @ V.T) ** 2).sum())

W, S, Xt = torch.linalg.svd(A)
S[2] = 0
best = W @ torch.diag(S) @ Xt
print("2.1 matrix", best)
print("2.1 loss", ((A - best) ** 2).sum())

A_observed = torch.tensor([[0.3374, 0.6005, 0.1735], [0.0, 0.0492, 1.8374], [2.9407, 0.0, 2.2620]])
Um, Vm = sgd_factorise_masked(A_observed, M, 2)
print("3.2", Um @ Vm.T)
