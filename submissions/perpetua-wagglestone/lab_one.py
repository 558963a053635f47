import torch

torch.manual_seed(1)

A = torch.tensor([[0.3374, 0.6005, 0.1735],
                  [3.3359, 0.0492, 1.8374],
                  [2.9407, 0.5301, 2.2620]])


# 1.1 (I prefer while loops, I come from C)
def sgd_factorise(A, rank, num_epochs=1000, lr=0.01):
    m, n = A.shape
    U = torch.rand(m, rank)
    V = torch.rand(n, rank)
    epoch = 0
    while epoch < num_epochs:
        r = 0
        while r < m:
            c = 0
            while c < n:
                e = A[r, c] - U[r] @ V[c]
                U[r] += lr * e * V[c]
                V[c] += lr * e * U[r]
                c += 1
            r += 1
    return U, V


# 1.2
U, V = sgd_factorise(A, 2)
print("U", U)
print("V", V)
print("loss", ((A - U @ V.T) ** 2).sum())

# 2.1
P, S, Qh = torch.linalg.svd(A)
S[2] = 0
B = P @ torch.diag(S) @ Qh
print("B", B)
print("loss", ((A - B) ** 2).sum())


# 3.1
def sgd_factorise_masked(A, M, rank, num_epochs=1000, lr=0.01):
    m, n = A.shape
    U = torch.rand(m, rank)
    V = torch.rand(n, rank)
    epoch = 0
    while epoch < num_epochs:
        r = 0
        while r < m:
            c = 0
            while c < n:
                if M[r, c] == 1:
                    e = A[r, c] - U[r] @ V[c]
                    U[r] += lr * e * V[c]
                    V[c] += lr * e * U[r]
                c += 1
            r += 1
    return U, V


# 3.2
M = torch.tensor([[1, 1, 1], [0, 1, 1], [1, 0, 1]])
U, V = sgd_factorise_masked(A, M, 2)
print("completed", U @ V.T)
