import torch

def sgd_factorise(X, R, N, eta):
    I, J = X.shape
    U = torch.rand(I, R)
    V = torch.rand(J, R)
    for n in range(N):
        for i in range(I):
            for j in range(J):
                delta = X[i, j] - U[i] @ V[j]
                grad_U = -delta * V[j]          # gradient of 0.5 * delta^2
                U[i] -= eta * grad_U
                grad_V = -delta * U[i]
            V[j] -= eta * grad_V
    return U, V

# usage: U, V = sgd_factorise(A, 2, 1000, 0.01)
