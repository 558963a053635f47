import torch

def truncated_svd(A, rank):
    U, S, Vh = torch.linalg.svd(A, full_matrices=False)
    left = U[:, :rank] * S[:rank]
    right = Vh[:rank] * S[:rank, None]
    return left @ right
