from torch import rand, dot

def sgd_factorise(A, rank, num_epochs = 1000, lr = 0.01):
    m, n = A.size()
    U, V = rand(m, rank), rand(n, rank)
    for _ in range(num_epochs):
        for r in range(1, m):
            for c in range(n):
                e = A[r,c] - dot(U[r], V[c])
                U[r] += lr*e*V[c]
                V[c] += lr*e*U[r]
    return (U, V)
