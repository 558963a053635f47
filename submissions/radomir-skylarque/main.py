import torch


def sgd_factorise(A, rank, num_epochs=1000, lr=0.01):
    m, n = A.shape
    U, V = torch.rand(m, rank), torch.rand(n, rank)
    for _ in range(num_epochs):
        for r in range(m):
            for c in range(n):
                e = A[r, c] - U[r] @ V[c]
                # descent => minus
                U[r] -= lr * e * V[c]
                V[c] -= lr * e * U[r]
    return U, V


def sgd_factorise_masked(A, M, rank, num_epochs=1000, lr=0.01):
    m, n = A.shape
    U, V = torch.rand(m, rank), torch.rand(n, rank)
    for _ in range(num_epochs):
        for r in range(m):
            for c in range(n):
                if M[r, c]:
                    e = A[r, c] - U[r] @ V[c]
                    U[r] -= lr * e * V[c]
                    V[c] -= lr * e * U[r]
    return U, V


def truncated_svd(A, rank=2):
    U, S, Vh = torch.linalg.svd(A, full_matrices=False)
    return U[:, :rank] * S[:rank] @ Vh[:rank, :]


def frob2(X, Y):
    return torch.square(X - Y).sum()


if __name__ == "__main__":
    torch.manual_seed(86)
    A = torch.tensor(
        [[0.3374, 0.6005, 0.1735], [3.3359, 0.0492, 1.8374], [2.9407, 0.5301, 2.2620]]
    )
    M = torch.tensor([[1, 1, 1], [0, 1, 1], [1, 0, 1]])

    U, V = sgd_factorise(A, 2)
    print("1.2", U @ V.T, frob2(A, U @ V.T))  # all inf, numerical problem in torch?

    B = truncated_svd(A)
    print("2.1", B, frob2(A, B))  # Eckart-Young: the optimum

    U, V = sgd_factorise_masked(A, M, 2)
    print("3.2", U @ V.T)
