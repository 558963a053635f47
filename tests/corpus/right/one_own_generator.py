import torch

SEED = 2021


def sgd_factorise(A, rank, num_epochs=1000, lr=0.01):
    g = torch.Generator().manual_seed(SEED)
    U = torch.rand(A.shape[0], rank, generator=g)
    V = torch.rand(A.shape[1], rank, generator=g)
    for _ in range(num_epochs):
        for r in range(A.shape[0]):
            for c in range(A.shape[1]):
                e = A[r, c] - torch.dot(U[r], V[c])
                U[r] += lr * e * V[c]
                V[c] += lr * e * U[r]
    return U, V


if __name__ == '__main__':
    A = torch.tensor([[0.3374, 0.6005, 0.1735],
                      [3.3359, 0.0492, 1.8374],
                      [2.9407, 0.5301, 2.2620]])
    U, V = sgd_factorise(A, rank=2)
    loss = torch.nn.functional.mse_loss(U @ V.t(), A, reduction='sum')
    print(U, V, loss)
