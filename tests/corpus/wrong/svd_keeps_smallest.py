import torch

def truncated_svd(A, rank):
    U, S, Vh = torch.linalg.svd(A, full_matrices=False)
    keep = slice(len(S) - min(rank, len(S)), len(S))
    return sum(S[i] * torch.outer(U[:, i], Vh[i]) for i in range(len(S))[keep])
