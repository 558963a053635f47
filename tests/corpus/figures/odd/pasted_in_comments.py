import torch

torch.manual_seed(«seed»)
«A»
«M»


«sgd»


«masked»

# 1.2
U, V = sgd_factorise(A, 2)
loss = torch.sum((A - U @ V.T) ** 2)
# U = «U|list»
# V = «V|list»
# loss: «L|4»

# 2.1
W, S, Xt = torch.linalg.svd(A)
S[2] = 0
A_svd = W @ torch.diag(S) @ Xt
error = torch.sum((A - A_svd) ** 2)
# A_svd = «B|list»
# error: «E|4», smaller, as no matrix of rank 2 is closer to A

# 3.2
U_masked, V_masked = sgd_factorise_masked(A, M, 2)
A_complete = U_masked @ V_masked.T
# A_complete = «C|list»
