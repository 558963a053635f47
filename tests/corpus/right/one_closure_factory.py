import torch


def make_factoriser(init):
    def factorise(A, rank, num_epochs=1000, lr=0.01):
        U = init(A.shape[0], rank)
        V = init(A.shape[1], rank)
        for _ in range(num_epochs):
            for r in range(A.shape[0]):
                for c in range(A.shape[1]):
                    e = A[r, c] - U[r] @ V[c]
                    U[r] += lr * e * V[c]
                    V[c] += lr * e * U[r]
        return U, V

    return factorise


sgd_factorise = make_factoriser(torch.rand)
