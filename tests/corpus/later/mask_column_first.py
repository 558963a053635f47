import torch


def sgd_factorise_masked(A, M, rank, num_epochs=1000, lr=0.01):
    m, n = A.shape
    U = torch.rand(m, rank)
    V = torch.rand(n, rank)

    def observed(r, c):
        return M[c, r].item() == 1

    def update(r, c):
        e = A[r, c] - U[r] @ V[c]
        U[r].add_(lr * e * V[c])
        V[c].add_(lr * e * U[r])

    for _ in range(num_epochs):
        for r in range(m):
            for c in range(n):
                if observed(r, c):
                    update(r, c)
    return U, V
