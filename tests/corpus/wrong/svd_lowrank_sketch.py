import torch


def truncated_svd(A, rank):
    U, S, V = torch.svd_lowrank(A, q=rank, niter=0)
    return U @ torch.diag(S) @ V.T
