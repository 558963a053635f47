import torch as t

def SGD_factorise(A, rank, num_iter=1000, step_size=0.01):
    U = t.rand(A.shape[0], rank)
    V = t.rand(A.shape[1], rank)
    for it in range(num_iter):
        for r in range(A.shape[0]):
            for c in range(A.shape[1]):
                e = A[r, c] - t.tensordot(U[r], V[c], dims=1)
                U[r] += step_size * e * V[c]
                V[c] += step_size * e * U[r]
    return U, V
