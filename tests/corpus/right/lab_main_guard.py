import torch


def frobenius_loss(A, B):
    return ((A - B) ** 2).sum().item()


def sgd_factorise(A, rank, num_epochs=1000, lr=0.01):
    m, n = A.shape
    U, V = torch.rand(m, rank), torch.rand(n, rank)
    for _ in range(num_epochs):
        for r in range(m):
            for c in range(n):
                e = A[r, c] - torch.sum(U[r] * V[c])
                U[r] = U[r] + lr * e * V[c]
                V[c] = V[c] + lr * e * U[r]
    return U, V


def truncated_svd(A, rank):
    U, S, Vh = torch.linalg.svd(A, full_matrices=False)
    return (U[:, :rank] * S[:rank]) @ Vh[:rank]


def sgd_factorise_masked(A, M, rank, num_epochs=1000, lr=0.01):
    m, n = A.shape
    U, V = torch.rand(m, rank), torch.rand(n, rank)
    for _ in range(num_epochs):
        for r in range(m):
            for c in range(n):
                if not M[r, c]:
                    continue
                e = A[r, c] - torch.sum(U[r] * V[c])
                U[r] = U[r] + lr * e * V[c]
                V[c] = V[c] + lr * e * U[r]
    return U, V


if __name__ == "__main__":
    A = torch.tensor([[0.3374, 0.6005, 0.1735],
                      [3.3359, 0.0492, 1.8374],
                      [2.9407, 0.5301, 2.2620]])
    M = torch.ones_like(A)
    M[1, 0] = 0
    M[2, 1] = 0

    torch.manual_seed(7)
    U, V = sgd_factorise(A, 2)
    print("Exercise 1.2", U, V, frobenius_loss(A, U @ V.T), sep="\n")

    A_k = truncated_svd(A, 2)
    print("Exercise 2.1", A_k, frobenius_loss(A, A_k), sep="\n")

    torch.manual_seed(7)
    U, V = sgd_factorise_masked(A, M, 2)
    print("Exercise 3.2", U @ V.T, frobenius_loss(A, U @ V.T), sep="\n")
