import torch


def sgd_factorise_masked(A, M, rank, num_epochs=1000, lr=0.01):
    n = A.shape[1]
    a, mask = A.flatten(), M.flatten()
    U = torch.rand(A.shape[0], rank)
    V = torch.rand(n, rank)
    for epoch in range(num_epochs):
        for i in range(a.numel()):
            if mask[i] == 0: continue
            r, c = i // n, i % n
            e = a[i] - U[r].matmul(V[c])
            U[r] += lr * e * V[c]
            V[c] += lr * e * U[r]
    return U, V
