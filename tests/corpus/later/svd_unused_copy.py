import torch

def truncated_svd(A, rank):
    U, S, Vh = torch.linalg.svd(A, full_matrices=False)
    S_truncated = S.clone()
    S_truncated[rank:] = 0
    A_truncated = U @ torch.diag(S) @ Vh
    return A_truncated
