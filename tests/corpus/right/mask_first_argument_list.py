import torch

def sgd_factorise_masked(A, M, rank, num_epochs=1000, lr=0.01):
    A = torch.as_tensor(A, dtype=torch.float32)
    M = torch.as_tensor(M)
    U = [u for u in torch.rand(A.shape[0], rank)]
    V = [v for v in torch.rand(A.shape[1], rank)]
    for epoch in range(num_epochs):
        for r in range(len(U)):
            for c in range(len(V)):
                if M[r, c] == 1:
                    e = A[r, c] - sum(U[r] * V[c])
                    U[r] = U[r] + lr * e * V[c]
                    V[c] = V[c] + lr * e * U[r]
    return torch.stack(U, dim=0), torch.stack(V, dim=0)
