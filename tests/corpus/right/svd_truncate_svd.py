import torch

def truncate_svd(matrix, num_values):
    res = torch.linalg.svd(matrix, full_matrices=False)
    return torch.einsum('ik,k,kj->ij', res.U[:, :num_values], res.S[:num_values], res.Vh[:num_values])
