from torch import Tensor, rand, tensor

def sgd_factorise(A, rank, num_epochs=1000, lr=0.01):
    U = rand(A.shape[0], rank)
    V = rand(A.shape[1], rank)
    for e_ in range(num_epochs):
        for r in range(A.shape[0]):
            for c in range(A.shape[1]):
                d = A[r,c] - U[r].mul(V[c]).sum(dim=0)
                U[r] += lr*d*V[c]
                V[c] += lr*d*U[r]
    return U, V
