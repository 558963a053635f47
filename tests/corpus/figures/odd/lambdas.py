import torch

torch.manual_seed(«seed»)
«A»
«M»


«sgd»


«masked»

loss = lambda X: ((A - X) ** 2).sum()
svd2 = lambda X: (lambda W, s, Xt: W[:, :2] @ s[:2].diag() @ Xt[:2])(*torch.linalg.svd(X))
print((UV := (F := sgd_factorise(A, 2))[0] @ F[1].T), loss(UV))
print(svd2(A), loss(svd2(A)))
print((F := sgd_factorise_masked(A, M, 2))[0] @ F[1].T)
