import torch

def sgd_factorise(A, rank, num_epochs=1000, lr=0.01):
    rows = A.shape[0]
    columns = A.shape[1]
    U = torch.rand(rows, rank)
    V = torch.rand(columns, rank)
    for epoch in range(num_epochs):
        for row in range(rows):
            for column in range(columns):
                e = A[row, column] - U[row] @ V[column]
                # update U
                U[row] += lr * e * V[column]
            # update V
            V[column] += lr * e * U[row]
    return U, V
