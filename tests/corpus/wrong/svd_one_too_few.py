import torch

def truncated_svd(A, rank):
    u, s, vh = torch.linalg.svd(A, full_matrices=False)
    k = rank - 1   # indices start at 0
    return u[:, :k] @ torch.diag(s[:k]) @ vh[:k, :]
