import torch

loss = lambda A, B: torch.sum((A - B) ** 2)


def svd_truncated(A, rank=2):
    U, S, Vh = torch.linalg.svd(A, full_matrices=False)
    rebuild = lambda s: U @ s.diag() @ Vh.T
    cut = S.where(torch.arange(S.numel()) < rank, torch.zeros(()))
    return rebuild(cut)
