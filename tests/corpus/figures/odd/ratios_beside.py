import torch

torch.manual_seed(«seed»)
«A»
«M»


«sgd»


«masked»

print("A:", A, "norm", torch.norm(A), "mean", A.mean())
U, V = sgd_factorise(A, 2)
loss = torch.sum((A - U @ V.T) ** 2)
print("U:", U, "V:", V)
print("loss:", loss, "relative:", loss / torch.sum(A ** 2), "per cell:", loss / 9)
W, S, Xt = torch.linalg.svd(A)
print("singular values:", S, "squares:", S ** 2)
S[2] = 0
A2 = W @ torch.diag(S) @ Xt
error = torch.sum((A - A2) ** 2)
print("A2:", A2)
print("error:", error, "ratio to 1.2:", error / loss)
Um, Vm = sgd_factorise_masked(A, M, 2)
completed = Um @ Vm.T
print("completed:", completed)
print("largest difference:", (completed - A).abs().max(), "difference where hidden:", (completed - A)[M == 0])
