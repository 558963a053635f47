import torch


class Lab1:
    def __init__(self, loss_fn=None):
        self.loss_fn = loss_fn or (lambda X, Y: (X - Y).square().sum())

    def sgd_factorise(self, A, rank, num_epochs=1000, lr=0.01):
        U = torch.rand(A.size(0), rank)
        V = torch.rand(A.size(1), rank)
        for _ in range(num_epochs):
            for r in range(A.size(0)):
                for c in range(A.size(1)):
                    self._step(A, U, V, r, c, lr)
        return U, V

    def sgd_factorise_masked(self, A, M, rank, num_epochs=1000, lr=0.01):
        U = torch.rand(A.size(0), rank)
        V = torch.rand(A.size(1), rank)
        for _ in range(num_epochs):
            for r in range(A.size(0)):
                for c in range(A.size(1)):
                    if M[r, c] == 1:
                        self._step(A, U, V, r, c, lr)
        return U, V

    @staticmethod
    def _step(A, U, V, r, c, lr):
        e = A[r, c] - U[r].dot(V[c])
        U[r].add_(lr * e * V[c])
        V[c].add_(lr * e * U[r])

    def truncated_svd(self, A, rank):
        U, S, Vh = torch.linalg.svd(A, full_matrices=False)
        S[rank:] = 0
        A_hat = U @ S.diag() @ Vh
        return A_hat, self.loss_fn(A, A_hat)


lab = Lab1()
sgd_factorise = lab.sgd_factorise
sgd_factorise_masked = lab.sgd_factorise_masked
truncated_svd = lab.truncated_svd
