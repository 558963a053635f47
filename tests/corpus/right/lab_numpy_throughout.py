import numpy as np
import torch

np.random.seed(0)


def sgd_np(A, cells, rank, num_epochs, lr):
    U = np.random.rand(A.shape[0], rank)
    V = np.random.rand(A.shape[1], rank)
    for _ in range(num_epochs):
        for r, c in cells:
            e = A[r, c] - U[r] @ V[c]
            U[r] += lr * e * V[c]
            V[c] += lr * e * U[r]
    return torch.tensor(U).float(), torch.tensor(V).float()


def sgd_factorise(A, rank, num_epochs=1000, lr=0.01):
    A = A.numpy()
    return sgd_np(A, list(np.ndindex(A.shape)), rank, num_epochs, lr)


def sgd_factorise_masked(A, M, rank, num_epochs=1000, lr=0.01):
    A, M = A.numpy(), M.numpy()
    return sgd_np(A, np.transpose(np.nonzero(M)), rank, num_epochs, lr)


def truncated_svd(A, rank):
    U, S, VT = np.linalg.svd(A.numpy())
    return torch.tensor(U[:, :rank] @ np.diag(S[:rank]) @ VT[:rank, :])


A = torch.tensor([[0.3374, 0.6005, 0.1735], [3.3359, 0.0492, 1.8374], [2.9407, 0.5301, 2.2620]])
M = torch.tensor([[1, 1, 1], [0, 1, 1], [1, 0, 1]])
U, V = sgd_factorise(A, 2)
print(U.numpy() @ V.numpy().T, torch.sum((A - U @ V.T) ** 2).item())
B = truncated_svd(A, 2)
print(B.numpy(), torch.sum((A - B) ** 2).item())
Um, Vm = sgd_factorise_masked(A, M, 2)
print((Um @ Vm.T).numpy())
