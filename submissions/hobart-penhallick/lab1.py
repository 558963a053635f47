import torch

A = torch.tensor([[0.3374, 0.6005, 0.1735],
		[3.3359, 0.0492, 1.8374],
		[2.9407, 0.5301, 2.2620]])

def sgd_factorise(A, rank, num_epochs=1000, lr=0.01):
	m, n = A.shape
	U = torch.rand(m, rank)
	V = torch.rand(n, rank)
	for epoch in range(num_epochs):
		for r in range(m):
			for c in range(n):
				e = A[r][c] - torch.sum(U[r] * V[c])
				U[r] += lr * e * V[c]
				V[c] += lr * e * U[r]
		return U, V

def truncated_svd(A, rank):
	U, S, Vh = torch.linalg.svd(A)
	S[rank:] = 0
	return U, S, Vh

def sgd_factorise_masked(A, M, rank, num_epochs=1000, lr=0.01):
	m, n = A.shape
	U = torch.rand(m, rank)
	V = torch.rand(n, rank)
	for epoch in range(num_epochs):
		for r in range(m):
			for c in range(n):
				if M[r][c] != 0:
					e = A[r][c] - torch.sum(U[r] * V[c])
					U[r] += lr * e * V[c]
					V[c] += lr * e * U[r]
	return U, V

torch.manual_seed(5)
print("== 1.2 ==")
U, V = sgd_factorise(A, 2)
print(U)
print(V)
print("loss", torch.sum((A - U @ V.T) ** 2))   # quite high?? and very fast

print("== 2.1 ==")
u, s, vh = truncated_svd(A, 2)
rec = u @ torch.diag(s) @ vh
print(rec)
print("loss", torch.sum((A - rec) ** 2))
# much better than SGD, as the theorem (Eckart-Young) promises

print("== 3.2 ==")
M = torch.tensor([[1, 1, 1], [0, 1, 1], [1, 0, 1]])
U, V = sgd_factorise_masked(A, M, 2)
print(U @ V.T)
