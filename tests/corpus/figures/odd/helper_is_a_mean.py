import torch

torch.manual_seed(«seed»)
«A»
«M»


«sgd»


«masked»


def loss(X, Y):
    return torch.mean((X - Y) ** 2)


U, V = sgd_factorise(A, 2)
print("U", U, "V", V, "loss", loss(A, U @ V.T))
W, S, Xt = torch.linalg.svd(A)
S[2] = 0
A2 = W @ torch.diag(S) @ Xt
print("A2", A2, "loss", loss(A, A2))

Um, Vm = sgd_factorise_masked(A, M, 2)
print("3.2 completed", Um @ Vm.T)
