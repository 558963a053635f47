import torch


def sgd_factorise_masked(A, M, rank, num_epochs=1000, lr=0.01):
    U = torch.rand(A.shape[0], rank)
    V = torch.rand(A.shape[1], rank)

    def dot(r, c):
        s = 0
        for k in range(rank):
            s = s + U[r, k].item() * V[c, k].item()
        return s

    for epoch in range(num_epochs):
        for r in range(A.shape[0]):
            for c in range(A.shape[1]):
                if M[r, c].item() == 1:
                    e = A[r, c].item() - dot(r, c)
                    U[r] = U[r] + lr * e * V[c]
                    V[c] = V[c] + lr * e * U[r]
    return U, V
