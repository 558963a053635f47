# wren o'dallivar, lab 1
from collections import namedtuple
import torch
import torch.nn.functional as F

Factors = namedtuple("Factors", "U V")

A = torch.tensor([[0.3374,0.6005,0.1735],[3.3359,0.0492,1.8374],[2.9407,0.5301,2.2620]])

# ---- 1.1 ----

def sgd_factorise(A, rank, num_epochs=1000, lr=0.01):
  U = torch.zeros(A.size(0), rank).uniform_()
  V = torch.zeros(A.size(1), rank).uniform_()
  print("starting with", U, V)
  for epoch in range(1, num_epochs + 1):
    for r, u in enumerate(U):          # u and v are views, so += writes into U and V!!
      for c, v in enumerate(V):
        e = A[r][c] - (u * v).sum()
        u += lr * e * v
        v += lr * e * u
    if epoch % 100 == 0:
      print("epoch", epoch, "loss", F.mse_loss(U @ V.t(), A, reduction='sum'))
  print("done :)")
  return Factors(U, V)

# ---- 1.2 ----

torch.manual_seed(42)
f = sgd_factorise(A, 2)
print("U:", f.U)
print("V:", f.V)
print("U V^T:", f.U @ f.V.t())
print("Loss: ", F.mse_loss(f.U @ f.V.t(), A, reduction='sum'))

# ---- 2.1 ----

def svd_reconstruct(A, k=2):
  u, s, vh = torch.linalg.svd(A)
  print("singular values", s)
  best = torch.zeros_like(A)
  for i in range(k):
    best += s[i] * torch.outer(u[:, i], vh[i])
  return best, ((A - best) ** 2).sum()

best, err = svd_reconstruct(A)
print("SVD matrix:", best)
print("SVD error:", err)
print("my sgd is close to it but it can't beat it, SVD is optimal (Eckart-Young)")

# ---- 3.1 ----

def sgd_factorise_masked(A, M, rank, num_epochs=1000, lr=0.01):
  U = torch.zeros(A.size(0), rank).uniform_()
  V = torch.zeros(A.size(1), rank).uniform_()
  for epoch in range(1, num_epochs + 1):
    for r, u in enumerate(U):
      for c, v in enumerate(V):
        if not M[r][c]: continue
        e = A[r][c] - (u * v).sum()
        u += lr * e * v
        v += lr * e * u
    if epoch % 100 == 0:
      print("epoch", epoch)
  return Factors(U, V)

# ---- 3.2 ----

M = torch.tensor([[1,1,1],[0,1,1],[1,0,1]])
g = sgd_factorise_masked(A, M, 2)
print("completed:", g.U @ g.V.t())
print("A was:", A)
