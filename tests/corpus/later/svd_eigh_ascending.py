import torch

def truncated_svd(A, rank):
    # projection onto the leading right singular vectors
    L, Q = torch.linalg.eigh(A.T @ A)
    Q = Q[:, :rank]
    return A @ Q @ Q.T
