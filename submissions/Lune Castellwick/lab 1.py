import torch
import time

start = time.time()
torch.manual_seed(0)

A = torch.tensor([[0.3374, 0.6005, 0.1735], [3.3359, 0.0492, 1.8374], [2.9407, 0.5301, 2.2620]])
print('A is', A)
print('shape of A is', A.shape)

def sgd_factorise(A, rank, num_epochs=1000, lr=0.01):
    U = torch.rand(A.shape[0], rank)
    V = torch.rand(A.shape[1], rank)
    for epoch in range(num_epochs):
        for r in range(A.shape[0]):
            for c in range(A.shape[1]):
                # print(r, c)
                e = A[r, c] - U[r] * V[c]
                # print(e)
                U[r] += lr * e * V[c]
                V[c] += lr * e * U[r]
    return U, V

U, V = sgd_factorise(A, 2)
print('here is U', U)
print('here is V', V)
print('here is the product', U @ V.T)
print('here is the loss', torch.sum((A - U @ V.T) ** 2))

u, s, vh = torch.linalg.svd(A)
print('singular values', s)
s[0] = 0
A_again = u @ torch.diag(s) @ vh
print('reconstruction', A_again)
print('loss', torch.sum((A - A_again) ** 2))

M = torch.tensor([[1, 1, 1], [0, 1, 1], [1, 0, 1]])

def sgd_factorise_masked(A, M, rank, num_epochs=1000, lr=0.01):
    U = torch.rand(A.shape[0], rank)
    V = torch.rand(A.shape[1], rank)
    for epoch in range(num_epochs):
        for r in range(A.shape[0]):
            for c in range(A.shape[1]):
                if M[r, c] == 1:
                    e = A[r, c] - U[r] * V[c]
                    U[r] += lr * e * V[c]
                    V[c] += lr * e * U[r]
    return U, V

U, V = sgd_factorise_masked(A, M, 2)
print('completed', U @ V.T)
print('this took', time.time() - start, 'seconds')
