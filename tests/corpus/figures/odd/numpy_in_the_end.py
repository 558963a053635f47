import numpy as np
import torch

torch.manual_seed(«seed»)
«A»
«M»


«sgd»


«masked»

U, V = (X.numpy() for X in sgd_factorise(A, 2))
a = A.numpy()
print("UV^T:\n", U @ V.T)
print("loss:", np.linalg.norm(a - U @ V.T, "fro") ** 2)
W, s, Xt = np.linalg.svd(a)
low = W[:, :2] @ np.diag(s[:2]) @ Xt[:2, :]
print("SVD:\n", low)
print("loss:", np.square(a - low).sum())
u, v = (X.numpy() for X in sgd_factorise_masked(A, M, 2))
print("completed:\n", u @ v.T)
