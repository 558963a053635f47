import torch

def truncated_svd(A, rank):
    U, S, Vh = torch.linalg.svd(A)
    U = U[:, 0:rank]
    S = S[0:rank]
    Vh = Vh[0:rank, :]
    return torch.matmul(U, Vh)
