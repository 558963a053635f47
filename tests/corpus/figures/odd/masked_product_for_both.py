import torch

torch.manual_seed(«seed»)
«A»
«M»


«sgd»


«masked»

Um, Vm = sgd_factorise_masked(A, M, 2)
print("1.2 product", Um @ Vm.T)
print("1.2 loss", ((A - Um @ Vm.T) ** 2).sum())

W, S, Xt = torch.linalg.svd(A)
S[2] = 0
best = W @ torch.diag(S) @ Xt
print("2.1 matrix", best)
print("2.1 loss", ((A - best) ** 2).sum())

print("3.2 completed", Um @ Vm.T)
