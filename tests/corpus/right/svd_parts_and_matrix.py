import torch


def truncated_svd(A, rank):
    U, S, Vh = torch.linalg.svd(A, full_matrices=False)
    U, S, Vh = U[:, :rank], S[:rank], Vh[:rank]
    return U, S, Vh, U @ torch.diag(S) @ Vh
