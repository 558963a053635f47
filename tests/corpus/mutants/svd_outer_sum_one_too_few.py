import torch

def truncated_svd(A, rank):
    U, S, Vh = torch.linalg.svd(A)
    B = torch.zeros_like(A)
    for i in range(rank - 1):
        B += S[i] * torch.outer(U[:, i], Vh[i])
    return B
