import torch

def truncated_svd(A, rank):
    values, vectors = torch.linalg.eigh(A.T @ A)
    order = torch.argsort(values, descending=True)[:rank]
    S = values[order].clamp(min=1e-12)
    V = vectors[:, order]
    U = (A @ V) / values[order].clamp(min=1e-12).sqrt()
    return U @ torch.diag(S) @ V.T
