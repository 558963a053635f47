import torch


def truncated_svd(A, rank):
    # torch.svd gives A = U diag(S) V^T
    U, S, V = torch.svd(A)
    return U[:, :rank], torch.diag(S[:rank]), V[:, :rank]


if __name__ == '__main__':
    A = torch.tensor([[0.3374, 0.6005, 0.1735], [3.3359, 0.0492, 1.8374], [2.9407, 0.5301, 2.2620]])
    U, S, V = truncated_svd(A, 2)
    print(((A - U @ S @ V.T) ** 2).sum())
