import torch

torch.manual_seed(«seed»)
«A»
«M»


«sgd»


«masked»

U, V = sgd_factorise(A, 2); print(U @ V.T); print(torch.sum((A - U @ V.T) ** 2))
W, S, Xt = torch.linalg.svd(A); S[2] = 0; print(W @ torch.diag(S) @ Xt); print(torch.sum((A - W @ torch.diag(S) @ Xt) ** 2))
U, V = sgd_factorise_masked(A, M, 2); print(U @ V.T)
