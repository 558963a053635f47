import torch

def sgd_factorise_masked(A, M, rank, num_epochs=1000, lr=0.01):
    assert A.shape == M.shape
    M = M.bool()
    U = torch.nn.Parameter(torch.rand(A.shape[0], rank), requires_grad=False)
    V = torch.nn.Parameter(torch.rand(A.shape[1], rank), requires_grad=False)
    with torch.no_grad():
        for epoch in range(num_epochs):
            for r in range(A.shape[0]):
                for c in range(A.shape[1]):
                    if not M[r, c]:
                        continue
                    e = A[r, c] - U[r] @ V[c]
                    U[r] += lr * e * V[c]
                    V[c] += lr * e * U[r]
    return U, V
