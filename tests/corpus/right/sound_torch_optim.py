import torch


def _fit(A, cells, rank, num_epochs, lr):
    U = torch.rand(A.shape[0], rank, requires_grad=True)
    V = torch.rand(A.shape[1], rank, requires_grad=True)
    opt = torch.optim.SGD([U, V], lr=lr)
    for epoch in range(num_epochs):
        for r, c in cells:
            opt.zero_grad()
            loss = 0.5 * (A[r, c] - U[r] @ V[c]) ** 2
            loss.backward()
            opt.step()
    return U.detach(), V.detach()


def sgd_factorise(A, rank, num_epochs=1000, lr=0.01):
    cells = [(r, c) for r in range(A.shape[0]) for c in range(A.shape[1])]
    return _fit(A, cells, rank, num_epochs, lr)


def sgd_factorise_masked(A, M, rank, num_epochs=1000, lr=0.01):
    return _fit(A, M.nonzero().tolist(), rank, num_epochs, lr)
