import torch


def low_rank_approx(A, k=2):
    u, s, vh = torch.linalg.svd(A, full_matrices=False)
    return torch.linalg.multi_dot([u[:, :k], torch.diag_embed(s[:k].sqrt()), vh[:k, :]])


def frobenius_loss(A, B):
    return torch.linalg.matrix_norm(A - B, ord="fro") ** 2
