import torch

def truncated_svd(A, rank):
    mean = A.mean(dim=0, keepdim=True)
    U, S, Vh = torch.linalg.svd(A - mean, full_matrices=False)
    U, S, Vh = U[:, :rank], S[:rank], Vh[:rank]
    return U @ torch.diag(S) @ Vh + mean
