import torch

def predict(u, v):
    return torch.mean(u * v)

def sgd_factorise(A, rank, num_epochs=1000, lr=0.01):
    num_rows, num_cols = A.shape
    U = torch.rand(num_rows, rank)
    V = torch.rand(num_cols, rank)
    for epoch in range(num_epochs):
        for row_index in range(num_rows):
            for col_index in range(num_cols):
                e = A[row_index, col_index] - predict(U[row_index], V[col_index])
                U[row_index] += lr * e * V[col_index]
                V[col_index] += lr * e * U[row_index]
    return U, V
