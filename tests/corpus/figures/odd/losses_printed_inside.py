import torch

torch.manual_seed(«seed»)
«A»
«M»


def sgd_factorise(A, rank, num_epochs=1000, lr=0.01):
    m, n = A.shape
    U = torch.rand(m, rank)
    V = torch.rand(n, rank)
    for epoch in range(num_epochs):
        for r in range(m):
            for c in range(n):
                e = A[r, c] - U[r] @ V[c]
                U[r] += lr * e * V[c]
                V[c] += lr * e * U[r]
        if epoch % 100 == 0:
            print("epoch", epoch, "loss", ((A - U @ V.T) ** 2).sum().item())
    return U, V


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
