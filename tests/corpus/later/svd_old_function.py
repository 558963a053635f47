import torch
from torch import Tensor


def truncated_svd(A: Tensor, rank: int) -> Tensor:
    U, S, V = torch.svd(A)
    S_cut = S.clone()
    S_cut[rank:] = 0.0
    reconstruction = U.mm(torch.diag(S_cut)).mm(V)
    return reconstruction
