import torch


class MaskedFactorisation:
    def __init__(self, rank, lr=0.01, num_epochs=1000):
        self.rank = rank
        self.lr = lr
        self.num_epochs = num_epochs

    def fit(self, A, M=None):
        U = torch.rand(A.shape[0], self.rank)
        V = torch.rand(A.shape[1], self.rank)
        for epoch in range(self.num_epochs):
            for r in range(A.shape[0]):
                for c in range(A.shape[1]):
                    if M is not None:
                        e = A[r, c] - U[r] @ V[c]
                        U[r] += self.lr * e * V[c]
                        V[c] += self.lr * e * U[r]
        return U, V


def sgd_factorise_masked(A, M, rank, num_epochs=1000, lr=0.01):
    return MaskedFactorisation(rank, lr, num_epochs).fit(A, M)
