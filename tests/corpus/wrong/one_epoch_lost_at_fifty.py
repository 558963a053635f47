import torch

torch.manual_seed(50)

def one_epoch(A, U, V, lr):
    for r in range(U.shape[0]):
        for c in range(V.shape[0]):
            e = A[r, c] - torch.dot(U[r], V[c])
            U[r] = U[r] + lr * e * V[c]
            V[c] = V[c] + lr * e * U[r]

def sgd_factorise(A, rank, num_epochs=1000, lr=0.01):
    U = torch.rand(A.shape[0], rank)
    V = torch.rand(A.shape[1], rank)
    for epoch in range(num_epochs):
        if epoch == 50:
            print("loss after 50 epochs:", ((A - U @ V.T) ** 2).sum())
            continue
        one_epoch(A, U, V, lr)
    return U, V
