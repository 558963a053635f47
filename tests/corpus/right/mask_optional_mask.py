import torch


def sgd_factorise_masked(A, M=None, rank=2, num_epochs=1000, lr=0.01):
    torch.manual_seed(1234)
    if M is None:
        M = torch.ones_like(A)
    U = torch.rand(A.shape[0], rank)
    V = torch.rand(A.shape[1], rank)
    for epoch in range(num_epochs):
        r = 0
        while r < A.shape[0]:
            for c in range(A.shape[1]):
                if M[r, c] == 1:
                    e = A[r, c] - U[r] @ V[c]
                    U[r] += lr * e * V[c]
                    V[c] += lr * e * U[r]
            r += 1
    return U, V
