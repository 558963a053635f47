import torch

torch.manual_seed(«seed»)
«A»
«M»


«sgd»


«masked»


def truncated_svd(A, rank):
    U, S, Vh = torch.linalg.svd(A)
    S[rank:] = 0
    return U @ torch.diag(S) @ Vh


def squared_error(X, Y):
    return torch.sum((X - Y) ** 2)


U, V = sgd_factorise(A, 2)
print("1.2 U", U, "V", V)
print("1.2 loss", ((A - U @ V.T) ** 2).sum())

print("2.1", truncated_svd(A, 1), squared_error(A, truncated_svd(A, 1)))

Um, Vm = sgd_factorise_masked(A, M, 2)
print("3.2 completed", Um @ Vm.T)
