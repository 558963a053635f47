import torch

torch.manual_seed(«seed»)
«A»
«M»


«sgd»


«masked»


def loss_of(pair):
    return float(((A - pair[0] @ pair[1].T) ** 2).sum())


tries = [sgd_factorise(A, 2) for _ in range(5)]
U, V = min(tries, key=loss_of)
print("best of five runs:", U, V, loss_of((U, V)))

W, S, Xt = torch.linalg.svd(A)
S[2] = 0
best = W @ torch.diag(S) @ Xt
print("2.1 matrix", best)
print("2.1 loss", ((A - best) ** 2).sum())

Um, Vm = sgd_factorise_masked(A, M, 2)
print("3.2 completed", Um @ Vm.T)
