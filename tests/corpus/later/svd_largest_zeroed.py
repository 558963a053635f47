import torch

def truncated_svd(A, rank):
    U, S, Vh = torch.linalg.svd(A, full_matrices=False)
    # remove the smallest singular values, they are sorted
    k = S.shape[0] - rank
    S[:k] = 0
    return U @ torch.diag(S) @ Vh
