import torch


class MatrixFactorisation:
    def __init__(self, rank, num_epochs=1000, lr=0.01):
        self.rank = rank
        self.num_epochs = num_epochs
        self.lr = lr
        self.U = None
        self.V = None

    def fit(self, A):
        m, n = A.shape
        self.U = torch.rand(m, self.rank)
        self.V = torch.rand(n, self.rank)
        for epoch in range(self.num_epochs):
            self._epoch(A)
        return self

    def _epoch(self, A):
        for r in range(A.shape[0]):
            for c in range(A.shape[1]):
                e = A[r, c] - self.predict(r, c)
                self.U[r] += self.lr * e * self.V[c]
                self.V[c] += self.lr * e * self.U[r]

    def predict(self, r, c):
        return torch.dot(self.U[r], self.V[c])

    def reconstruct(self):
        return self.U @ self.V.T


def sgd_factorise(A, rank, num_epochs=100, lr=0.01):
    model = MatrixFactorisation(rank, num_epochs, lr).fit(A)
    return model.U, model.V
