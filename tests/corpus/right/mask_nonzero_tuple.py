import torch

def sgd_factorise_masked(A, M, rank, num_epochs=1000, lr=0.01):
    rows, cols = M.nonzero(as_tuple=True)
    values = A[rows, cols]
    data = list(zip(rows.tolist(), cols.tolist(), values.tolist()))
    U = torch.empty(A.size(0), rank).uniform_()
    V = torch.empty(A.size(1), rank).uniform_()
    for epoch in range(num_epochs):
        for r, c, a in data:
            e = a - (U[r] * V[c]).sum()
            U[r] += lr * e * V[c]
            V[c] += lr * e * U[r]
    return U, V
