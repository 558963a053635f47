import torch

def truncated_svd(A, rank):
    U, S, Vh = torch.linalg.svd(A, full_matrices=False)
    S = S.sort()[0]
    return U[:, :rank] @ torch.diag(S[:rank]) @ Vh[:rank]
