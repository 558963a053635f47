import torch


def sgd_factorise(A, rank, losses=None, num_epochs=1000, verbose=False, lr=0.01):
    U = torch.rand(A.shape[0], rank)
    V = torch.rand(A.shape[1], rank)
    for epoch in range(num_epochs):
        for r in range(A.shape[0]):
            for c in range(A.shape[1]):
                e = A[r, c] - U[r] @ V[c]
                U[r] += lr * e * V[c]
                V[c] += lr * e * U[r]
        if losses is not None:
            losses.append(((A - U @ V.T) ** 2).sum().item())
        if verbose:
            print(epoch)
    return U, V
