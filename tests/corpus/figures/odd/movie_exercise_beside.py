import torch

torch.manual_seed(«seed»)
«A»
«M»


«sgd»


«masked»


# the movie exercise of the sheet, in full batches
def gd_factorise_masked(A, M, rank, num_epochs=1000, lr=1e-5):
    U = torch.rand(A.shape[0], rank)
    V = torch.rand(A.shape[1], rank)
    for e in range(num_epochs):
        err = (A - U @ V.t()) * M
        U += lr * err @ V
        V += lr * err.t() @ U
    return U, V


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
