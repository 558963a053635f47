import torch


class TruncatedSVD:
    def __init__(self, rank):
        self.rank = rank

    def __call__(self, A):
        U, S, Vh = torch.linalg.svd(A, full_matrices=False)
        k = self.rank
        low = torch.einsum("ik,k,kj->ij", U[:, :k], S[:k], Vh[:k])
        return A - low


def truncated_svd(A, rank):
    return TruncatedSVD(rank)(A)
