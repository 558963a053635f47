import torch

def sgd_factorise(A, rank, num_epochs=1000, lr=0.01):
    m, n = A.shape
    u_rows = [torch.rand(rank) for _ in range(m)]
    v_rows = [torch.rand(rank) for _ in range(n)]
    for epoch in range(num_epochs):
        for r in range(m):
            for c in range(n):
                e = A[r, c] - torch.dot(u_rows[r], v_rows[c])
                u_rows[r] = u_rows[r] + lr * e * v_rows[c]
                v_rows[c] = v_rows[c] + lr * e * u_rows[r]
    U = torch.stack(u_rows)
    V = torch.stack(v_rows)
    return U, V
