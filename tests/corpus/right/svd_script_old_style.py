import torch


def main():
    A = torch.Tensor([[0.3374, 0.6005, 0.1735],
                      [3.3359, 0.0492, 1.8374],
                      [2.9407, 0.5301, 2.2620]])
    U, S, V = A.svd()
    S2 = S.clone()
    S2[-1] = 0.0
    A2 = U.mm(torch.diag(S2)).mm(V.t())
    print(f"A2:\n{A2}")
    print(f"||A - A2||^2 = {(A - A2).pow(2).sum():.4f}, sigma_3^2 = {S[-1]**2:.4f}")


if __name__ == "__main__":
    main()
