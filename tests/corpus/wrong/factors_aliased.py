import torch

def sgd_factorise(A, rank, num_epochs=1000, lr=0.01):
    rows, cols = A.shape
    X = Y = torch.rand(rows, rank)
    for n in range(num_epochs):
        for i in range(rows):
            for j in range(cols):
                diff = A[i, j] - torch.dot(X[i], Y[j])
                X[i] += lr * diff * Y[j]
                Y[j] += lr * diff * X[i]
    return X, Y
