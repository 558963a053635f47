import torch
torch.manual_seed(7)

A = torch.Tensor([[0.3374, 0.6005, 0.1735], [3.3359, 0.0492, 1.8374], [2.9407, 0.5301, 2.2620]])
M = torch.Tensor([[1, 1, 1], [0, 1, 1], [1, 0, 1]])


def sgd_factorise(A, rank, num_epochs=1000, lr=0.01):
    rows = A.shape[0]
    cols = A.shape[1]
    U = torch.rand((rows, rank))
    V = torch.rand((cols, rank))
    for k in range(num_epochs):
        # I go down the columns, Fortran style, should not matter for SGD
        for c in range(cols):
            for r in range(rows):
                e = A[r, c] - torch.dot(U[r], V[c])
                U[r] = U[r] + lr * e * V[c]
                V[c] = V[c] + lr * e * U[r]
    return [U, V]


def sgd_factorise_masked(A, M, rank, num_epochs=1000, lr=0.01):
    rows = A.shape[0]
    cols = A.shape[1]
    U = torch.rand((rows, rank))
    V = torch.rand((cols, rank))
    for k in range(num_epochs):
        for c in range(cols):
            for r in range(rows):
                if M[r, c] == 1:
                    e = A[r, c] - torch.dot(U[r], V[c])
                    U[r] = U[r] + lr * e * V[c]
                    V[c] = V[c] + lr * e * U[r]
    return [U, V]


print("QUESTION 1.2")
[U, V] = sgd_factorise(A, 2)
print(U)
print(V)
print((A - U @ V.T).pow(2).sum())

print("QUESTION 2.1")
Us, S, Vh = torch.linalg.svd(A)
S[2] = 0
A_svd = Us @ torch.diag(S) @ Vh
print(A_svd)
print((A - A_svd).pow(2).sum())
# smaller than SGD because of the Eckart-Young-Mirsky theorem

print("QUESTION 3.2")
[Um, Vm] = sgd_factorise_masked(A, M, 2)
print(Um @ Vm.T)
