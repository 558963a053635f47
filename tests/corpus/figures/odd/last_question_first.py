import torch

torch.manual_seed(«seed»)
«A»
«M»


«sgd»


«masked»

# 3.2 first, it was the most fun
Um, Vm = sgd_factorise_masked(A, M, 2)
print("3.2: completed =", Um @ Vm.T)

# 2.1
W, S, Xt = torch.linalg.svd(A)
S[2] = 0
A2 = W @ torch.diag(S) @ Xt
print("2.1: A2 =", A2, "loss =", torch.sum((A - A2) ** 2))

# 1.2
U, V = sgd_factorise(A, 2)
print("1.2: U =", U, "V =", V, "loss =", torch.sum((A - U @ V.T) ** 2))
