import torch

torch.manual_seed(«seed»)
«A»
«M»


«sgd»


«masked»

with torch.no_grad():
    U, V = sgd_factorise(A, 2)
    print(f"1.2\n{U}\n{V}\n{torch.sum((A - U @ V.T) ** 2)}")
    W, S, Xt = torch.linalg.svd(A)
    S[2] = 0
    print(f"2.1\n{W @ torch.diag(S) @ Xt}\n{torch.sum((A - W @ torch.diag(S) @ Xt) ** 2)}")
    U, V = sgd_factorise_masked(A, M, 2)
    print(f"3.2\n{U @ V.T}")
