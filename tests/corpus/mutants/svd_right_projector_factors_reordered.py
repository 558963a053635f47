import torch


def truncated_svd(A, k):
    """project the rows of A onto the first k right singular vectors"""
    V = torch.linalg.svd(A, full_matrices=False).Vh.mH
    Vk = V[:, :k]
    P = Vk @ Vk.T
    return P @ A
