import torch


def sgd_factorise_masked(A, M, rank, num_epochs=1000, lr=0.01):
    print("share of observed cells:", round(M.mean().item(), 3))
    U = torch.rand(A.shape[0], rank)
    V = torch.rand(A.shape[1], rank)
    for epoch in range(num_epochs):
        for r in range(A.shape[0]):
            for c in range(A.shape[1]):
                if M[r, c] == 1.0:
                    e = A[r, c] - U[r] @ V[c]
                    U[r] += lr * e * V[c]
                    V[c] += lr * e * U[r]
    return U, V


M = torch.Tensor([[1, 1, 1], [0, 1, 1], [1, 0, 1]])
