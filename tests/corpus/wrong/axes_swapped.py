import torch
torch.set_printoptions(sci_mode=False)

def sgd_factorise(A, rank, num_epochs=1000, lr=0.01):
    U = torch.rand(A.shape[0], rank)
    V = torch.rand(A.shape[1], rank)
    for k in range(num_epochs):
        for c in range(A.shape[1]):
            for r in range(A.shape[0]):
                e = A[c, r] - U[r] @ V[c]
                U[r] += lr * e * V[c]
                V[c] += lr * e * U[r]
    return U, V
