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
A2 = W @ torch.diag(S) @ Xt
print("2.1", A2, "error", ((A - A2) ** 2).sum() / (A ** 2).sum())

Um, Vm = sgd_factorise_masked(A, M, 2)
print("3.2 completed", Um @ Vm.T)
