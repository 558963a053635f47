import torch


def keep(U, S, Vh, k):
    return U[:, :k], S[:k], Vh[:, :k].T


def truncated_svd(A, rank):
    U, S, Vh = keep(*torch.linalg.svd(A, full_matrices=False), rank)
    return torch.linalg.multi_dot([U, torch.diag(S), Vh])
