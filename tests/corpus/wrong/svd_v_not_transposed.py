import torch

def truncated_svd(A, rank):
    U, S, V = torch.svd(A, some=False)
    D = torch.zeros(A.shape)
    for i in range(min(rank, len(S))):
        D[i, i] = S[i]
    return U @ D @ V
