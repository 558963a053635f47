import torch

def sgd_factorise_masked(A, M, rank, num_epochs=1000, lr=0.01):
    values = A.tolist()
    observed = M.tolist()
    U = torch.rand(A.shape[0], rank)
    V = torch.rand(A.shape[1], rank)
    for epoch in range(num_epochs):
        for r in range(len(values)):
            for c in range(len(values[r])):
                if observed[r][c] is True:
                    e = values[r][c] - U[r] @ V[c]
                    U[r] += lr * e * V[c]
                    V[c] += lr * e * U[r]
    return U, V
