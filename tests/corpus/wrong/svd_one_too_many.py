import torch

def truncated_svd(A, rank):
    U, S, Vh = torch.linalg.svd(A, full_matrices=False)
    for i in range(rank + 1, len(S)):
        S[i] = 0
    return U @ torch.diag(S) @ Vh
