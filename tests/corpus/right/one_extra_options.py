import torch


def sgd_factorise(A, rank, num_epochs=1000, lr=0.01, seed=None, verbose=False, U0=None, V0=None):
    A = A.clone().detach().float()
    m, n = A.shape
    if seed is not None:
        torch.manual_seed(seed)
    U = torch.rand(m, rank) if U0 is None else U0.clone()
    V = torch.rand(n, rank) if V0 is None else V0.clone()
    for epoch in range(num_epochs):
        for r in range(m):
            for c in range(n):
                e = A[r, c] - U[r] @ V[c]
                U[r] = U[r] + lr * e * V[c]
                V[c] = V[c] + lr * e * U[r]
        if verbose and epoch % 50 == 0:
            print(epoch, torch.linalg.norm(A - U @ V.T).item() ** 2)
    return U, V


if __name__ == "__main__":
    X = torch.arange(12.).reshape(4, 3) / 10
    U, V = sgd_factorise(X, 2, 100, 0.05, seed=1, verbose=True)
