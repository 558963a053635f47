import torch


def sgd_factorise(A, rank, num_epochs=1000, lr=0.01):
    m, n = A.shape
    U = torch.rand(m, rank, requires_grad=True)
    V = torch.rand(n, rank, requires_grad=True)
    optimiser = torch.optim.SGD([U, V], lr=lr)
    for epoch in range(num_epochs):
        for r in range(m):
            for c in range(n):
                loss = (A[r, c] - U[r] @ V[c]) ** 2 / 2
                loss.backward()
                optimiser.step()
    return U.detach(), V.detach()
