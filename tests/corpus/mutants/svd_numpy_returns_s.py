import numpy as np
import torch


def truncated_svd(A, rank):
    u, s, vt = np.linalg.svd(A.numpy(), full_matrices=False)
    s[rank:] = 0.0
    return torch.from_numpy(s)
