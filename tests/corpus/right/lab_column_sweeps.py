import torch


def sgd_factorise(A, rank, num_epochs=1000, lr=0.01):
    n_r, n_c = A.shape
    U = torch.rand(n_r, rank)
    V = torch.rand(n_c, rank)
    for _ in range(num_epochs):
        for idx in range(n_r * n_c):
            c, r = divmod(idx, n_r)
            e = A[r, c] - U[r] @ V[c]
            U[r] += lr * e * V[c]
            V[c] += lr * e * U[r]
    return U, V


def sgd_factorise_masked(A, M, rank, num_epochs=1000, lr=0.01):
    n_r, n_c = A.shape
    U = torch.rand(n_r, rank)
    V = torch.rand(n_c, rank)
    for _ in range(num_epochs):
        for c, r in M.t().nonzero().tolist():
            e = A[r, c] - U[r] @ V[c]
            U[r] += lr * e * V[c]
            V[c] += lr * e * U[r]
    return U, V


def truncated_svd(A, rank):
    # columns as data points: decompose A^T and turn the result round again
    W, S, Zh = torch.linalg.svd(A.t(), full_matrices=False)
    return (W[:, :rank] @ torch.diag(S[:rank]) @ Zh[:rank]).t()
