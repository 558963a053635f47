import torch

def truncated_svd(A, rank):
    U, S, Vh = torch.linalg.svd(A, full_matrices=False)
    S = torch.where(S < 0.5, torch.zeros_like(S), S)
    return U @ torch.diag(S) @ Vh
