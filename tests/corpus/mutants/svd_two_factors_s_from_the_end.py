import torch


def truncated_svd(A, rank):
    """same form as sgd_factorise: returns U, V with A ~ U V^T"""
    U, S, Vh = torch.linalg.svd(A, full_matrices=False)
    root = torch.sqrt(S[-rank:])
    return U[:, :rank] * root, Vh[:rank].T * root
