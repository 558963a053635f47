import torch

def sgd_factorise(A, rank, num_epochs=1000, lr=0.01):
    shape = list(A.shape)
    U, V = [torch.rand(s, rank) for s in shape]
    while num_epochs > 0:
        for r in range(shape[0]):
            for c in range(shape[1]):
                e = abs(A[r, c] - torch.dot(U[r], V[c]))
                U[r] = U[r] + lr * e * V[c]
                V[c] = V[c] + lr * e * U[r]
        num_epochs -= 1
    return U, V
