import torch


def product(U, V):
    return torch.mm(U, V.t())


def sq_error(A, B):
    return ((A - B) * (A - B)).sum().item()


def train(matrix, k, epochs=1000, alpha=0.01):
    left = torch.rand(matrix.shape[0], k)
    right = torch.rand(matrix.shape[1], k)
    for _ in range(epochs):
        for r in range(matrix.shape[0]):
            for c in range(matrix.shape[1]):
                e = matrix[r, c] - torch.mm(left[r:r+1], right[c:c+1].t()).squeeze()
                left[r] += alpha * e * right[c]
                right[c] += alpha * e * left[r]
    return left, right
