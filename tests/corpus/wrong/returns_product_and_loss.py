import torch
import torch.nn.functional as F

def sgd_factorise(A, rank, num_epochs=1000, lr=0.01):
    with torch.no_grad():
        U = torch.nn.Parameter(torch.rand(A.shape[0], rank))
        V = torch.nn.Parameter(torch.rand(A.shape[1], rank))
        for epoch in range(num_epochs):
            for r in range(A.shape[0]):
                for c in range(A.shape[1]):
                    e = A[r, c] - U[r] @ V[c]
                    U[r] += lr * e * V[c]
                    V[c] += lr * e * U[r]
        Ahat = U @ V.T
        return Ahat, F.mse_loss(Ahat, A, reduction="sum")
