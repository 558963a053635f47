import torch


def truncated_svd(A, rank):
    """SVD by hand: eigenvectors of A^T A are the right singular vectors."""
    B = A.double()
    eigenvalues, vectors = torch.linalg.eigh(B.T @ B)
    order = torch.argsort(eigenvalues, descending=True)[:rank]
    sigma = eigenvalues[order]
    V = vectors[:, order]
    U = B @ V / torch.linalg.norm(B @ V, dim=0)
    return ((U * sigma) @ V.T).float()
