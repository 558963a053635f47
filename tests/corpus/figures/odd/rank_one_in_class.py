import torch

torch.manual_seed(«seed»)
«A»
«M»


«sgd»


«masked»


class Factorisation:
    rank = 1

    def fit(self, A):
        self.U, self.V = sgd_factorise(A, self.rank)
        self.loss = ((A - self.U @ self.V.T) ** 2).sum().item()
        return self


model = Factorisation().fit(A)
print(model.U, model.V, model.loss)

W, S, Xt = torch.linalg.svd(A)
S[2] = 0
best = W @ torch.diag(S) @ Xt
print("2.1 matrix", best)
print("2.1 loss", ((A - best) ** 2).sum())

Um, Vm = sgd_factorise_masked(A, M, 2)
print("3.2 completed", Um @ Vm.T)
