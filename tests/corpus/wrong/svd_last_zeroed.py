import torch

def truncated_svd(A, rank):
    U, S, Vh = torch.linalg.svd(A, full_matrices=False)
    S[-1] = 0.0
    return U @ torch.diag_embed(S) @ Vh
