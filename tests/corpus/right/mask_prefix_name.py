import torch

def masked_sgd_factorise(A, M, R, N=1000, lr=0.01):
    U = torch.rand(A.shape[0], R)
    V = torch.rand(A.shape[1], R)
    for t in range(N):
        for i in range(A.shape[0]):
            for j in range(A.shape[1]):
                if M[i, j] == 1:
                    d = A[i, j] - (U[i] @ V[j])
                    U[i] = V[j] * d * lr + U[i]
                    V[j] = U[i] * d * lr + V[j]
    return U, V
