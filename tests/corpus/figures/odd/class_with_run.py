import torch

torch.manual_seed(«seed»)
«A»
«M»


«sgd»


«masked»


class Lab:
    """everything the sheet asks for"""

    def __init__(self, A, M):
        self.A, self.M = A, M

    def loss(self, X):
        return ((self.A - X) ** 2).sum().item()

    def run(self):
        self.U, self.V = sgd_factorise(self.A, 2)
        self.loss_sgd = self.loss(self.U @ self.V.T)
        left, values, right = torch.linalg.svd(self.A)
        values[2] = 0
        self.truncated = left @ torch.diag(values) @ right
        self.loss_svd = self.loss(self.truncated)
        u, v = sgd_factorise_masked(self.A, self.M, 2)
        self.completed = u @ v.T
        return self


lab = Lab(A, M).run()
print(lab.U, lab.V, lab.loss_sgd)
print(lab.truncated, lab.loss_svd)
print(lab.completed)
