import argparse

import torch


def get_data():
    A = torch.tensor([[0.3374, 0.6005, 0.1735],
                      [3.3359, 0.0492, 1.8374],
                      [2.9407, 0.5301, 2.2620]])
    M = torch.tensor([[1., 1., 1.], [0., 1., 1.], [1., 0., 1.]])
    return A, M


def sgd_factorise(A, rank, num_epochs=1000, lr=0.01):
    U = torch.rand(A.shape[0], rank)
    V = torch.rand(A.shape[1], rank)
    for _ in range(num_epochs):
        for r in range(A.shape[0]):
            for c in range(A.shape[1]):
                e = A[r, c] - U[r] @ V[c]
                U[r] += lr * e * V[c]
                V[c] += lr * e * U[r]
    return U, V


def sgd_factorise_masked(A, M, rank, num_epochs=1000, lr=0.01):
    U = torch.rand(A.shape[0], rank)
    V = torch.rand(A.shape[1], rank)
    for _ in range(num_epochs):
        for r in range(A.shape[0]):
            for c in range(A.shape[1]):
                e = (A[r, c] - U[r] @ V[c]) * M[r, c]
                U[r] += lr * e * V[c]
                V[c] += lr * e * U[r]
    return U, V


def truncated_svd(A, rank):
    U, S, Vh = torch.linalg.svd(A, full_matrices=False)
    return U[:, :rank].mul(S[:rank]).mm(Vh[:rank])


def main():
    parser = argparse.ArgumentParser(description="Lab 1")
    parser.add_argument("--rank", type=int, default=2)
    parser.add_argument("--epochs", type=int, default=1000)
    parser.add_argument("--lr", type=float, default=0.01)
    parser.add_argument("--seed", type=int, default=0)
    args = parser.parse_args([])
    torch.manual_seed(args.seed)
    A, M = get_data()
    U, V = sgd_factorise(A, args.rank, args.epochs, args.lr)
    print("1.2 loss", (A - U @ V.T).pow(2).sum().item())
    B = truncated_svd(A, args.rank)
    print("2.1 loss", (A - B).pow(2).sum().item())
    U, V = sgd_factorise_masked(A, M, args.rank, args.epochs, args.lr)
    print("3.2 completed", U @ V.T)


if __name__ == "__main__":
    main()
