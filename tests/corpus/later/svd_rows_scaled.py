import torch

def truncated_svd(A, rank):
    U, S, Vt = torch.linalg.svd(A, full_matrices=False)
    S[rank:] = 0
    scaled = S.unsqueeze(1) * U
    return scaled @ Vt
