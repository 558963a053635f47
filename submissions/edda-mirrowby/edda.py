import torch
torch.manual_seed(3407)

def sgd_factorise(A, rank, num_epochs=1000, lr=0.01):
    U = torch.rand(A.shape[0], rank)
    V = torch.rand(A.shape[1], rank)

    for epoch in range(num_epochs):

        for r in range(A.shape[0]):

            for c in range(A.shape[1]):

                e = A[r, c] - torch.dot(U[r], V[c])

                U[r] = U[r] + lr * e * V[c]

                V[c] = V[c] + lr * e * U[r]

    print("U is:")
    print(U)
    print("V is:")
    print(V)
    print("the loss is:", torch.sum((A - U @ V.T) ** 2))


A = torch.tensor([[0.3374, 0.6005, 0.1735],
                  [3.3359, 0.0492, 1.8374],
                  [2.9407, 0.5301, 2.2620]])

print("*** exercise 1 ***")

sgd_factorise(A, 2)


print("*** exercise 2 ***")

u, s, v = torch.linalg.svd(A)

s[2] = 0

a = torch.mm(torch.mm(u, torch.diag(s)), v)

print("new A is:")
print(a)
print("the loss is:", torch.sum((A - a) ** 2))

# The loss is lower, because of the Eckart Young theorem


def sgd_factorise_masked(A, M, rank, num_epochs=1000, lr=0.01):
    U = torch.rand(A.shape[0], rank)
    V = torch.rand(A.shape[1], rank)

    for epoch in range(num_epochs):

        for r in range(A.shape[0]):

            for c in range(A.shape[1]):

                if M[r, c] == 1:

                    e = A[r, c] - torch.dot(U[r], V[c])

                    U[r] = U[r] + lr * e * V[c]

                    V[c] = V[c] + lr * e * U[r]

    print("the completed matrix is:")
    print(U @ V.T)


print("*** exercise 3 ***")

M = torch.tensor([[1, 1, 1],
                  [0, 1, 1],
                  [1, 0, 1]])

sgd_factorise_masked(A, M, 2)
