import torch

def truncated_svd(A, rank):
    U, S, Vh = torch.linalg.svd(A, full_matrices=False)
    for k in range(rank, S.shape[0]):
        A -= S[k] * torch.outer(U[:, k], Vh[k])
    return A
