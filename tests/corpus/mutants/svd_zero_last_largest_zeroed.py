import torch


def svd_reconstruct(A):
    U, S, Vh = torch.linalg.svd(A, full_matrices=False)
    S[0] = 0
    A_hat = U @ torch.diag(S) @ Vh
    return A_hat


A = torch.tensor([[0.3374, 0.6005, 0.1735], [3.3359, 0.0492, 1.8374], [2.9407, 0.5301, 2.2620]])
A_hat = svd_reconstruct(A)
print(A_hat)
print(torch.dist(A, A_hat) ** 2)
