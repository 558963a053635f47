import torch

class Factoriser:
    def __init__(self, rank, lr):
        self.rank = rank
        self.lr = lr

    def fit(self, A, epochs):
        m, n = A.shape
        self.U = torch.rand(m, self.rank)
        self.V = torch.rand(n, self.rank)
        for _ in range(epochs):
            for r in range(m):
                for c in range(n):
                    e = A[r, c] - self.U[r] @ self.V[c]
                    self.U[r] += self.lr * e * self.V[c]
                    self.V[c] += self.lr * e * self.U[r]
        return self

def sgd_factorise(A, rank, num_epochs=1000, lr=0.01):
    f = Factoriser(rank, lr).fit(A, num_epochs)
    return f.U @ f.V.T
