import torch

A = torch.tensor([[0.3374, 0.6005, 0.1735],
                  [3.3359, 0.0492, 1.8374],
                  [2.9407, 0.5301, 2.2620]])

U, S, Vh = torch.linalg.svd(A)
print("singular values:", S)
S[2] = 0
A_svd = U @ torch.diag(S) @ Vh
print(A_svd)
loss_svd = torch.nn.functional.mse_loss(A_svd, A, reduction='sum')
print("loss:", loss_svd.item())
