import torch

def truncated_svd(A, rank):
    U, S, Vh = torch.linalg.svd(A, full_matrices=False)
    S = torch.where(S < 1.0, torch.zeros_like(S), S)  # small ones are noise
    return (U * S) @ Vh
