import torch


def sgd_factorise(A, rank, num_epochs=1000, lr=0.01):
    """
    The gradient of 0.5*e^2 w.r.t. the prediction is -e. I let autograd do the chain rule from
    the prediction to the factor and keep e constant for both steps, as in the algorithm.
    """
    m, n = A.shape
    U = torch.rand(m, rank, requires_grad=True)
    V = torch.rand(n, rank, requires_grad=True)

    for epoch in range(num_epochs):
        for r in range(m):
            for c in range(n):
                prediction = U[r] @ V[c]
                e = (A[r, c] - prediction).detach()

                (grad_u,) = torch.autograd.grad(-e * prediction, U)
                with torch.no_grad():
                    U -= lr * grad_u

                (grad_v,) = torch.autograd.grad(-e * (U[r] @ V[c]), V)
                with torch.no_grad():
                    V -= lr * grad_v

    return U.detach(), V.detach()
