import torch

def truncated_svd(A, rank):
    U, S, Vh = torch.linalg.svd(A)
    B = torch.zeros_like(A)
    for i in range(len(S) - rank, len(S)):
        B += S[i] * torch.outer(U[:, i], Vh[i])
    return B
