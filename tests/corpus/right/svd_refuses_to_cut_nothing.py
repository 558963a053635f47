import torch


def truncated_svd(A, rank):
    if not 0 < rank < min(A.shape):
        raise ValueError("rank must be between 1 and the size of A - 1")
    U, S, Vh = torch.linalg.svd(A, full_matrices=False)
    return (U[:, :rank] * S[:rank]) @ Vh[:rank]
