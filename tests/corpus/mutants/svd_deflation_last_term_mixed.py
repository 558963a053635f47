import torch

def drop_last_singular_value(A):
    U, S, Vh = torch.linalg.svd(A, full_matrices=False)
    last = S[-1] * torch.ger(U[:, 0], Vh[-1, :])
    return A - last
