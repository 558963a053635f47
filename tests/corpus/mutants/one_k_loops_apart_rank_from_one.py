import torch

def sgd_factorise(A, rank, num_epochs=1000, lr=0.01):
    rows = A.shape[0]
    cols = A.shape[1]
    U = torch.rand((rows, rank))
    V = torch.rand((cols, rank))

    for epoch in range(num_epochs):
        for r in range(rows):
            for c in range(cols):
                # prediction
                pred = 0
                for k in range(1, rank):
                    pred += U[r][k] * V[c][k]
                e = A[r][c] - pred
                # first all of U[r] ...
                for k in range(rank):
                    U[r][k] += lr * e * V[c][k]
                # ... then all of V[c]
                for k in range(rank):
                    V[c][k] += lr * e * U[r][k]
    return U, V
