import torch

class SGD:
    """One learning rate, one rule."""

    def __init__(self, lr):
        self.lr = lr

    def step(self, u, v, a):
        e = float(a - u @ v)
        e = max(-1.0, min(1.0, e))   # keeps it stable
        u += self.lr * e * v
        v += self.lr * e * u

def sgd_factorise(A, rank, num_epochs=1000, lr=0.01):
    opt = SGD(lr)
    U = torch.rand(A.shape[0], rank)
    V = torch.rand(A.shape[1], rank)
    for epoch in range(num_epochs):
        for r in range(A.shape[0]):
            for c in range(A.shape[1]):
                opt.step(U[r], V[c], A[r, c])
    return U, V
