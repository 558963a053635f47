import torch


def truncated_svd(A, rank):
    U, S, Vh = torch.linalg.svd(A, full_matrices=False)
    B = (U[:, :rank] * S[:rank]) @ Vh[:rank]
    return ((A - B) ** 2).sum().item(), B
