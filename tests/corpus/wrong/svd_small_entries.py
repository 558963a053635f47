import torch

def truncated_svd(A, rank):
    U, S, Vh = torch.linalg.svd(A, full_matrices=False)
    limit = S[min(rank, len(S) - 1)]
    return torch.where(A.abs() > limit, A, torch.zeros_like(A))
