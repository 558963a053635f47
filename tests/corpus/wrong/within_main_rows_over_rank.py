import torch


def main():
    def sgd_factorise(A, rank, num_epochs=1000, lr=0.01):
        U, V = torch.rand(A.shape[0], rank), torch.rand(A.shape[1], rank)
        for _ in range(num_epochs):
            for r in range(rank):
                for c in range(A.shape[1]):
                    e = A[r, c] - U[r] @ V[c]
                    U[r] += lr * e * V[c]
                    V[c] += lr * e * U[r]
        return U, V

    A = torch.tensor([[0.3374, 0.6005, 0.1735], [3.3359, 0.0492, 1.8374], [2.9407, 0.5301, 2.2620]])
    print(sgd_factorise(A, 2))


main()
