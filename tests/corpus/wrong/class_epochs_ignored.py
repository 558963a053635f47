import torch


class Model:
    def __init__(self, rank=2, num_epochs=1000, lr=0.01):
        self.rank, self.lr = rank, lr
        self.epochs = 1000

    def sgd_factorise(self, A):
        U, V = torch.rand(A.shape[0], self.rank), torch.rand(A.shape[1], self.rank)
        for _ in range(self.epochs):
            for r in range(A.shape[0]):
                for c in range(A.shape[1]):
                    e = A[r, c] - U[r] @ V[c]
                    U[r] += self.lr * e * V[c]
                    V[c] += self.lr * e * U[r]
        return U, V
