import torch

torch.manual_seed(«seed»)
«A»
«M»


«sgd»


«masked»

U, V = sgd_factorise(A, 2)
print("1.2 U", U, "V", V)
print("1.2 loss", ((A - U @ V.T) ** 2).sum())

# 2.1: the third singular value is dropped
U, S, Vh = torch.linalg.svd(A)
S[2] = 0
print("U =", U)
print("S =", S)
print("V =", Vh.T)
print("error:", torch.norm(A - U @ torch.diag(S) @ Vh) ** 2)

Um, Vm = sgd_factorise_masked(A, M, 2)
print("3.2 completed", Um @ Vm.T)
