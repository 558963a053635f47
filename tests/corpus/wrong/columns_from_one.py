import torch as t

def sgd_factorise(A: t.Tensor, rank: int, num_epochs: int = 1000, lr: float = 0.01):
    n_rows, n_cols = A.shape
    left = t.rand(n_rows, rank)
    right = t.rand(n_cols, rank)
    for _ in range(num_epochs):
        for row in range(n_rows):
            for col in range(1, n_cols):
                residual = A[row, col] - t.dot(left[row], right[col])
                left[row] += lr * residual * right[col]
                right[col] += lr * residual * left[row]
    return left, right
