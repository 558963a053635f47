import torch
import torch.nn.functional as F


def truncated_svd(A, rank):
    U, S, Vh = torch.linalg.svd(A, full_matrices=False)
    S_trunc = S.clone()
    A_rec = U @ torch.diag(S_trunc) @ Vh
    loss = F.mse_loss(A_rec, A, reduction="sum")
    return A_rec, loss


A = torch.tensor([[0.3374, 0.6005, 0.1735],
                  [3.3359, 0.0492, 1.8374],
                  [2.9407, 0.5301, 2.2620]])
A_rec, loss = truncated_svd(A, 2)
print("Reconstruction:\n", A_rec, "\nLoss:", loss.item())
