import torch

try:
    from tqdm import trange
except ImportError:
    def trange(n, **kwargs):
        return range(n)


def sgd_factorise(A, rank, num_epochs=1000, lr=0.01):
    U = torch.rand(A.shape[0], rank)
    V = torch.rand(A.shape[1], rank)
    for epoch in trange(num_epochs, desc="sgd", leave=False):
        for r in range(A.shape[0]):
            for c in range(A.shape[1]):
                e = A[r, c] - (U[r] * V[c]).sum()
                U[r] += lr * e * V[c]
                V[c] += lr * e * U[r]
    return U, V
