import torch

def truncated_svd(A, rank):
    U, S, Vh = torch.linalg.svd(A, full_matrices=False)
    for i in range(rank, len(S) - 1):
        S[i] = 0
    return U @ torch.diag_embed(S) @ Vh
