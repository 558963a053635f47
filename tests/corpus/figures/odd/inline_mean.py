import torch

# Lab 1, no functions, just the loops
torch.manual_seed(«seed»)
«A»

# 1.1 and 1.2
lr = 0.01
rank = 2
U = torch.rand(3, rank)
V = torch.rand(3, rank)
for epoch in range(1000):
    for i in range(3):
        for j in range(3):
            e = A[i, j] - U[i] @ V[j]
            U[i] += lr * e * V[j]
            V[j] += lr * e * U[i]
P = U @ V.T
loss = ((A - P) ** 2).mean()
print("U", U)
print("V", V)
print("loss", loss)

# 2.1
W1, S, W2 = torch.linalg.svd(A)
S[2] = 0
T = W1 @ torch.diag(S) @ W2
print("SVD", T)
print("loss", ((A - T) ** 2).sum())

# 3.1 and 3.2
«M»
rank = 2
Q = torch.rand(3, rank)
W = torch.rand(3, rank)
for epoch in range(1000):
    for i in range(3):
        for j in range(3):
            if M[i, j] == 1:
                e = A[i, j] - Q[i] @ W[j]
                Q[i] += lr * e * W[j]
                W[j] += lr * e * Q[i]
completed = Q @ W.T
print("completed", completed)
