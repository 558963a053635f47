import torch

def truncated_svd(A, rank):
    U, S, Vh = torch.linalg.svd(A)
    S[rank:] = 0
    Sigma = torch.diag(S)
    return U @ Sigma @ Vh
