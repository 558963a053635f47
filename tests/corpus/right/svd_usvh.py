import torch
from typing import Tuple

def truncated_svd(A: torch.Tensor, rank: int) -> Tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
    U, S, Vh = torch.linalg.svd(A, full_matrices=False)
    return U[:, :rank], S[:rank], Vh[:rank, :]

def reconstruct(U, S, Vh):
    return U @ torch.diag(S) @ Vh
