import torch

def sgd_factorise(A, rank, num_epochs=1000, lr=0.01):
    nrow, ncol = A.shape
    u = torch.rand(nrow, rank, dtype=torch.float32)
    v = torch.rand(ncol, rank, dtype=torch.float32)
    for _ in range(num_epochs):
        for i in range(nrow):
            for j in range(ncol):
                # u_i times v_j
                prediction = u[i] * v[j]
                error = A[i, j] - prediction
                u[i] = u[i] + lr * error * v[j]
                v[j] = v[j] + lr * error * u[i]
    return u, v
