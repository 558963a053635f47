import torch


def truncated_svd(A, rank):
    B = A.double()
    # A^T A squares the condition number, hence the doubles
    w, Q = torch.linalg.eigh(B.T @ B)      # ascending!
    Q = torch.flip(Q, dims=[1])[:, :rank + 1]
    return (B @ Q @ Q.T).to(A.dtype)
