import torch

A = torch.tensor([[0.3374, 0.6005, 0.1735],
                  [3.3359, 0.0492, 1.8374],
                  [2.9407, 0.5301, 2.2620]])


def reconstruct(U, S, Vh, drop=1):
    S = S.clone()
    if drop > 0:
        S[-drop:] = 0
    return U @ torch.diag(S) @ Vh


U, S, Vh = torch.linalg.svd(A, full_matrices=False)
reconstruction = reconstruct(U, S, Vh)
reconstruction_error = torch.sum((A - reconstruction) ** 2)
print("reconstruction", reconstruction.tolist())
print("reconstruction error {:.6f}".format(reconstruction_error))
