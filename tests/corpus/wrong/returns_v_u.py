import torch

def sgd_factorise(A, rank, num_epochs=1000, lr=0.01):
    factors = {"U": torch.rand(A.shape[0], rank), "V": torch.rand(A.shape[1], rank)}
    for _ in range(num_epochs):
        for r in range(A.shape[0]):
            for c in range(A.shape[1]):
                e = A[r, c] - factors["U"][r] @ factors["V"][c]
                factors["U"][r] += lr * e * factors["V"][c]
                factors["V"][c] += lr * e * factors["U"][r]
    return factors["V"], factors["U"]
