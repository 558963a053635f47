import torch


class Completer:
    def __init__(self, rank=2, num_epochs=1000, lr=0.01):
        self.rank, self.num_epochs, self.lr = rank, num_epochs, lr

    def fit(self, A, M):
        self.U = torch.rand(A.shape[0], self.rank)
        self.V = torch.rand(A.shape[1], self.rank)
        for _ in range(self.num_epochs):
            for r, c in M.T.nonzero().tolist():
                self.step(r, c, A[r, c])
        return self

    def step(self, r, c, a):
        e = a - self.U[r] @ self.V[c]
        self.U[r] += self.lr * e * self.V[c]
        self.V[c] += self.lr * e * self.U[r]

    def complete(self):
        return self.U @ self.V.t()

    def factors(self):
        return self.U, self.V


def sgd_factorise_masked(A, M, rank, num_epochs=1000, lr=0.01):
    return Completer(rank, num_epochs=num_epochs, lr=lr).fit(A, M).factors()
