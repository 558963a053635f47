import torch

def truncated_svd(A, rank):
    # projection on the leading right singular vectors
    _, W = torch.linalg.eigh(A.T @ A)
    W = W[:, :rank]
    return A @ W @ W.T
