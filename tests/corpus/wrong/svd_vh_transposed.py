import torch

def truncated_svd(A, rank):
    U, S, Vh = torch.linalg.svd(A)
    k = S.numel()
    Sigma = torch.zeros(*A.shape)
    Sigma[:k, :k] = torch.diag(S)
    Sigma[:, rank:] = 0
    return U.matmul(Sigma).matmul(Vh.T)
