import torch

def sgd_factorise_masked(A, M, rank, num_epochs=1000, lr=0.01):
    m, n = A.shape
    U, V = torch.rand(m, rank), torch.rand(n, rank)
    for _ in range(num_epochs):
        E = torch.where(M > 0, A - U @ V.t(), torch.zeros_like(A))
        U += lr * E @ V
        V += lr * E.t() @ U
    return U, V
