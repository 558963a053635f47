import torch


class Completion:
    """Holds the matrix with its mask; `train` leaves the factors in it."""

    def __init__(self, A, mask, rank, lr=0.01):
        self.A, self.mask, self.lr = A, mask, lr
        self.P = torch.rand(A.shape[0], rank)
        self.Q = torch.rand(A.shape[1], rank)

    def loss(self):
        return (self.mask * (self.A - self.P @ self.Q.T) ** 2).sum()

    def train(self, epochs=1000):
        for _ in range(epochs):
            for r in range(self.A.shape[0]):
                for c in range(self.A.shape[1]):
                    if self.mask[r, c]:
                        e = self.A[r, c] - self.P[r].dot(self.Q[c])
                        self.P[r] += self.lr * e * self.Q[c]
                        self.Q[c] += self.lr * e * self.P[r]
