import torch


def truncated_SVD(A, r):
    U, S, Vh = torch.linalg.svd(A.float(), full_matrices=False)
    S = torch.cat([S[:r], torch.zeros(len(S) - r)])
    return (U.T * S) @ Vh


A = torch.tensor([[0.3374, 0.6005, 0.1735], [3.3359, 0.0492, 1.8374], [2.9407, 0.5301, 2.2620]])
approx = truncated_SVD(A, 2)
diff = A - approx
print("error =", torch.trace(diff.T @ diff))
