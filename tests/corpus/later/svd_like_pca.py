import torch

def truncated_svd(A, rank):
    A = A - A.mean(dim=0, keepdim=True)
    U, S, Vh = torch.linalg.svd(A, full_matrices=False)
    Ur, Sr, Vr = U[:, :rank], S[:rank], Vh[:rank, :]
    return Ur @ torch.diag(Sr) @ Vr
