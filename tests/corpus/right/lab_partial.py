from functools import partial

import torch


def sgd_factorise_masked(A, M, rank, num_epochs=1000, lr=0.01):
    """ M = None means that everything was observed """
    m, n = A.shape
    U = torch.nn.init.uniform_(torch.empty(m, rank))
    V = torch.nn.init.uniform_(torch.empty(n, rank))
    for t in range(num_epochs):
        for r in range(m):
            for c in range(n):
                if M is not None and M[r, c] == 0:
                    continue
                e = A[r, c] - U[r] @ V[c]
                U[r] += lr * e * V[c]
                V[c] += lr * e * U[r]
    return U, V


def _without_mask(M, A, rank, num_epochs=1000, lr=0.01):
    return sgd_factorise_masked(A, M, rank, num_epochs, lr)


sgd_factorise = partial(_without_mask, None)


def svd_rank_k(A, k):
    U, S, Vh = torch.linalg.svd(A, full_matrices=False)
    Uk, Sk, Vk = U[:, :k], torch.diag(S[:k]), Vh[:k, :]
    return Uk @ Sk @ Vk
