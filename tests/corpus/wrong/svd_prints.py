import torch

def truncated_svd(A, rank):
    U, S, Vh = torch.linalg.svd(A, full_matrices=False)
    S[rank:] = 0
    approx = U @ torch.diag(S) @ Vh
    print("approximation:", approx)
    print("error:", torch.sum((A - approx) ** 2))
