import torch

def truncated_svd(A, rank):
    U, S, Vh = torch.linalg.svd(A, full_matrices=False)
    S_k = S.clone()
    S_k[rank:] = 0
    A_k = U @ torch.diag(S) @ Vh
    return A_k
