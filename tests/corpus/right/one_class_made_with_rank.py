import torch


class Factoriser:
    def __init__(self, rank, num_epochs=1000, lr=0.01):
        self.rank = rank
        self.num_epochs = num_epochs
        self.lr = lr

    def _start(self, m, n):
        self.U = torch.rand(m, self.rank)
        self.V = torch.rand(n, self.rank)

    def fit(self, A):
        m, n = A.shape
        self._start(m, n)
        for _ in range(self.num_epochs):
            for r in range(m):
                for c in range(n):
                    e = A[r, c] - self.U[r] @ self.V[c]
                    self.U[r] += self.lr * e * self.V[c]
                    self.V[c] += self.lr * e * self.U[r]
        return self

    def product(self):
        return self.U @ self.V.T
