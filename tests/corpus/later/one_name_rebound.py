import torch

def sgd_factorise(A, rank, num_epochs=1000, lr=0.01):
    U = torch.rand(A.shape[0], rank)
    V = torch.rand(A.shape[1], rank)
    for epoch in range(num_epochs):
        for a_row, u in zip(A, U):
            for a, v in zip(a_row, V):
                e = a - u @ v
                u = u + lr * e * v
                v += lr * e * u
    return U, V
