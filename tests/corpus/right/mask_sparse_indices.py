import torch

def sgd_factorise_masked(A, M, rank, num_epochs=1000, lr=0.01):
    cells = M.to_sparse().coalesce().indices().t().tolist()
    U = torch.rand(A.shape[0], rank)
    V = torch.rand(A.shape[1], rank)
    for epoch in range(num_epochs):
        for i, j in cells:
            e = A[i, j] - torch.einsum('k,k', U[i], V[j])
            U[i] += lr * e * V[j]
            V[j] += lr * e * U[i]
    return U, V
