import torch

torch.manual_seed(«seed»)
«A»
«M»


«sgd»


«masked»

U, V = sgd_factorise(A, 2)
print("U", U, "V", V)
print("loss", (A - U @ V.T).abs().sum() ** 2)

W, S, Xt = torch.linalg.svd(A)
S[2] = 0
best = W @ torch.diag(S) @ Xt
print("2.1 matrix", best)
print("2.1 loss", ((A - best) ** 2).sum())

Um, Vm = sgd_factorise_masked(A, M, 2)
print("3.2 completed", Um @ Vm.T)
