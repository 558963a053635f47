import torch


def sgd_factorise_masked(A, M, rank, num_epochs=1000, lr=0.01):
    m, n = A.shape
    W = M.to(torch.float32)
    U, V = torch.rand(m, rank), torch.rand(n, rank)
    fronts = []
    for s in range(m + n - 1):
        rows = [r for r in range(m) if 0 <= s - r < n]
        fronts.append((torch.tensor(rows), torch.tensor([s - r for r in rows])))
    for epoch in range(num_epochs):
        for rows, cols in fronts:
            e = W[rows, cols] * (A[rows, cols] - torch.einsum('ik,ik->i', U[rows], V[cols]))
            U[rows] = U[rows] + lr * e[:, None] * V[cols]
            V[cols] = V[cols] + lr * e[:, None] * U[rows]
    return U, V
