import torch


def cells(A):
    for r in range(A.shape[0]):
        for c in range(A.shape[1]):
            yield r, c, A[r, c]


def _step(*args):
    u, v, a, lr = args
    e = a - torch.dot(u, v)
    u_new = u + lr * e * v
    v_new = v + lr * e * u_new
    return u_new, v_new


def sgd_factorise(A, rank, num_epochs=1000, lr=0.01):
    U, V = torch.rand(A.shape[0], rank), torch.rand(A.shape[1], rank)
    for _ in range(num_epochs):
        for r, c, a in cells(A):
            U[r], V[c] = _step(U[r], V[c], a, lr)
    return U, V
