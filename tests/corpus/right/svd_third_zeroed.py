import torch


def svd_rank2(A):
    U, S, Vh = torch.linalg.svd(A, full_matrices=False)
    S[2] = 0
    return U @ torch.diag(S) @ Vh
