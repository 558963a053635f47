import torch

def truncated_svd(A, rank):
    m, n = A.shape
    U, S, Vh = torch.linalg.svd(A, full_matrices=True)
    Sigma = torch.zeros(m, n)
    for i in range(rank):
        Sigma[i, i] = S[i] ** 2
    return U @ Sigma @ Vh
