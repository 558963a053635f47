import torch


def svd_rank2(A):
    U, S, Vh = torch.linalg.svd(A, full_matrices=False)
    return U[:, :2] @ torch.diag(S[:2]) @ Vh[:2]
