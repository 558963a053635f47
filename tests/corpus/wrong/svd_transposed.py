import torch

def truncated_svd(A, rank):
    U, S, V = torch.svd(A)
    return V[:, :rank] @ torch.diag(S[:rank]) @ U[:, :rank].t()
