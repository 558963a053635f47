import torch

class SGDFactoriser:
    """ A ~ U V^T """

    def __init__(self, A, rank, lr):
        self.A = A
        self.lr = lr
        self.U = torch.rand(A.shape[0], rank)
        self.V = torch.rand(A.shape[1], rank)

    def cell(self, r, c):
        e = self.A[r, c] - self.U[r] @ self.V[c]
        self.U[r] += self.lr * e * self.V[c]
        self.V[c] += self.lr * e * self.U[r]

    def epoch(self):
        for r in range(self.A.shape[0]):
            for c in range(self.A.shape[1]):
                self.cell(r, c)

def sgd_factorise(A, rank, num_epochs=1000, lr=0.01):
    f = SGDFactoriser(A, rank, lr)
    for _ in range(num_epochs):
        f.epoch()
    return f.U, f.V.T
