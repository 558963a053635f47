import torch
from torch import Tensor


def truncated_svd(A: Tensor, rank: int) -> Tensor:
    """Best rank-`rank` approximation of A (Eckart-Young)."""
    U, S, Vh = torch.linalg.svd(A)
    U_k = U[:, :rank]
    S_k = S[:rank]
    V_k = Vh[:rank].T
    return U_k @ V_k.t()


def sum_of_squares(A, B):
    return torch.sum(torch.pow(A - B, 2)).item()


if __name__ == "__main__":
    A = torch.tensor([[0.3374, 0.6005, 0.1735],
                      [3.3359, 0.0492, 1.8374],
                      [2.9407, 0.5301, 2.2620]])
    A2 = truncated_svd(A, 2)
    print(A2)
    print(sum_of_squares(A, A2))
