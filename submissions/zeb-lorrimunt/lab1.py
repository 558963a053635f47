import torch

# only had time for exercise 1, sorry!!

A = torch.tensor([[0.3374, 0.6005, 0.1735], [3.3359, 0.0492, 1.8374], [2.9407, 0.5301, 2.2620]])

def sgd_factorise(A, rank, num_epochs=1000, lr=0.01):
    U = torch.rand(len(A), rank)
    V = torch.rand(len(A[0]), rank)
    learning_rate = 0.01
    for i in range(num_epochs):
        for r in range(len(A)):
            for c in range(len(A[0])):
                e = A[r, c] - U[r] @ V[c]
                U[r] += learning_rate * e * V[c]
                V[c] += learning_rate * e * U[r]
    return U, V

# different numbers every time I run it, is that normal?
U, V = sgd_factorise(A, 2)
print(U, V)
print("product:", U @ V.T)
print("loss:", torch.norm(A - U @ V.T, p="fro") ** 2)
