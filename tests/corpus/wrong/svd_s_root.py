import torch

def truncated_svd(A, rank):
    U, S, Vh = torch.linalg.svd(A, full_matrices=False)
    root = torch.diag(torch.sqrt(S[:rank]))
    left = U[:, :rank] @ root
    right = Vh[:rank, :]
    return left @ right
