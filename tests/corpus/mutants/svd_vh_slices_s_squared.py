import torch


def truncated_svd(A, rank):
    U, S, Vh = torch.linalg.svd(A, full_matrices=False)
    return U[:, :rank] @ (torch.diag(S[:rank] ** 2)) @ Vh[:rank, :]
