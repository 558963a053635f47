import torch


def sgd_factorise_mask(A, mask, rank, num_epochs=1000, lr=0.01):
    m, n = A.shape
    U, V = torch.rand(m, rank), torch.rand(n, rank)

    def update(r, c):
        e = A[r, c] - U[r] @ V[c]
        U[r] += lr * e * V[c]
        V[c] += lr * e * U[r]

    for epoch in range(num_epochs):
        for r in range(m):
            for c in range(n):
                if int(mask[r, c]) == 1:
                    update(r, c)
    return U, V
