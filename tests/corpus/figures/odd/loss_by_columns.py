import torch

torch.manual_seed(«seed»)
«A»
«M»


«sgd»


«masked»

U, V = sgd_factorise(A, 2)
loss = ((A - U @ V.T) ** 2).sum(dim=0)
print("U", U, "V", V)
print("loss", loss)

W, S, Xt = torch.linalg.svd(A)
S[2] = 0
best = W @ torch.diag(S) @ Xt
print("2.1 matrix", best)
print("2.1 loss", ((A - best) ** 2).sum())

Um, Vm = sgd_factorise_masked(A, M, 2)
print("3.2 completed", Um @ Vm.T)
