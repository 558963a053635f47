import torch


class Exercise1:
    """Exercise 1: gradient-based factorisation"""

    @staticmethod
    def loss(A, U, V):
        return torch.nn.functional.mse_loss(U @ V.T, A, reduction='sum')

    @staticmethod
    def sgd_factorise(A, rank, num_epochs=1000, lr=0.01):
        U = torch.rand(A.shape[0], rank)
        V = torch.rand(A.shape[1], rank)
        for epoch in range(num_epochs):
            for r in range(A.shape[0]):
                for c in range(A.shape[1]):
                    e = A[r, c] - U[r] @ V[c]
                    U[r] += lr * e * V[c]
                    V[c] += lr * e * U[r]
        return U, V
