import torch

def sgd_factorise_masked(A, M, rank, num_epochs=1000, lr=0.01):
    m, n = A.shape
    a, mask = A.tolist(), M.tolist()
    U = [[torch.rand(1).item() for k in range(rank)] for r in range(m)]
    V = [[torch.rand(1).item() for k in range(rank)] for c in range(n)]
    for epoch in range(num_epochs):
        for r in range(m):
            for c in range(n):
                if mask[r][c]:
                    e = a[r][c]
                    for x, y in zip(U[r], V[c]):
                        e -= x * y
                    U[r] = [x + lr * e * y for x, y in zip(U[r], V[c])]
                    V[c] = [y + lr * e * x for x, y in zip(U[r], V[c])]
    return torch.tensor(U), torch.tensor(V)
