import sys
import warnings

import torch

warnings.simplefilter("error")
torch.set_num_threads(1)
torch.set_printoptions(precision=4, sci_mode=False)


def sgd_factorise(A, rank, num_epochs=1000, lr=0.01):
    if rank < 1:
        raise ValueError("rank must be at least 1")
    U = torch.rand(A.shape[0], rank)
    V = torch.rand(A.shape[1], rank)
    for _ in range(num_epochs):
        for r in range(A.shape[0]):
            for c in range(A.shape[1]):
                e = A[r, c] - U[r] @ V[c]
                U[r] += lr * e * V[c]
                V[c] += lr * e * U[r]
    return U, V


def main():
    torch.manual_seed(0)
    A = torch.tensor([[0.3374, 0.6005, 0.1735],
                      [3.3359, 0.0492, 1.8374],
                      [2.9407, 0.5301, 2.2620]])
    U, V = sgd_factorise(A, 2)
    print("U", U, "V", V, "UV^T", U @ V.T, sep="\n")
    print("loss %.4f" % torch.sum((A - U @ V.T) ** 2))
    return 0


if __name__ == "__main__":
    sys.exit(main())
