import torch


def _antidiagonals(m, n):
    for s in range(m + n - 1):
        r = torch.arange(max(0, s - n + 1), min(m, s + 1))
        yield r, s - r


def sgd_factorise(A, rank, num_epochs=1000, lr=0.01):
    # Cells on one anti-diagonal touch different rows of U and of V, and each of them only needs
    # its left and its upper neighbour to be done. So they can be updated together.
    m, n = A.shape
    U = torch.rand(m, rank)
    V = torch.rand(n, rank)
    diagonals = list(_antidiagonals(m, n))
    for _ in range(num_epochs):
        for r, c in diagonals:
            e = (A[r, c] - (U[r] * V[c]).sum(dim=1)).unsqueeze(1)
            U[r] += lr * e * V[c]
            V[c] += lr * e * U[r]
    return U, V
