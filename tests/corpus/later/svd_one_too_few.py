import numpy as np
import torch

def truncated_svd(A, rank):
    u, s, vt = np.linalg.svd(A.numpy(), full_matrices=False)
    s_neu = np.zeros_like(s)
    s_neu[:rank - 1] = s[:rank - 1]
    return torch.from_numpy(u @ np.diag(s_neu) @ vt)
