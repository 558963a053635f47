import torch

def truncated_svd(A, rank):
    U, S, V = torch.svd(A.T)
    S[rank:] = 0
    return torch.mm(torch.mm(U, torch.diag(S)), V.t())
