import torch

def truncated_svd(A, rank):
    U, S, V = torch.linalg.svd(A, full_matrices=False)
    S[rank:] = 0
    return U @ torch.diag(S) @ V.T
