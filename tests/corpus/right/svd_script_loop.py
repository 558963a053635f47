import torch

A = torch.tensor([[0.3374, 0.6005, 0.1735],
                  [3.3359, 0.0492, 1.8374],
                  [2.9407, 0.5301, 2.2620]], dtype=torch.double)
U, S, Vh = torch.linalg.svd(A)
approximations = {}
errors = {}
for k in (1, 2, 3):
    approximations[k] = sum(S[i] * U[:, i:i+1] @ Vh[i:i+1, :] for i in range(k))
    errors[k] = torch.norm(A - approximations[k]).square().item()
    print(k, errors[k])
best = approximations[2]
print(best)
