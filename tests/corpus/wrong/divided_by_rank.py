import torch

def sgd_factorise(A, rank, num_epochs=1000, lr=0.01):
    lr_scaled = lr / rank   # so that the step does not depend on the rank
    U = torch.rand(A.shape[0], rank)
    V = torch.rand(A.shape[1], rank)
    for _ in range(num_epochs):
        for u, row in zip(U, A):
            for v, a in zip(V, row):
                e = a - (u * v).sum()
                u += lr_scaled * e * v
                v += lr_scaled * e * u
    return U, V
