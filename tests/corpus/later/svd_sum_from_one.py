import torch

def truncated_svd(A, rank):
    U, S, Vh = torch.linalg.svd(A, full_matrices=False)
    result = torch.zeros_like(A)
    # A_k = sum_{i=1}^{k} sigma_i u_i v_i^T
    for i in range(1, rank + 1):
        result += S[i] * torch.outer(U[:, i], Vh[i])
    return result
