import torch

def truncated_svd(A, rank):
    U, S, Vh = torch.linalg.svd(A, full_matrices=False)
    U_k = U[:rank].T
    S_k = torch.diag(S[:rank])
    V_k = Vh[:rank]
    return U_k @ S_k @ V_k
