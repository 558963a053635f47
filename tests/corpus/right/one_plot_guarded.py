import torch


def frob2(X):
    return float((X ** 2).sum())


def sgd_factorise(A, rank, num_epochs=1000, lr=0.01, losses=None):
    U = torch.rand(A.shape[0], rank)
    V = torch.rand(A.shape[1], rank)
    for epoch in range(num_epochs):
        for r in range(A.shape[0]):
            for c in range(A.shape[1]):
                e = A[r, c] - U[r] @ V[c]
                U[r] += lr * e * V[c]
                V[c] += lr * e * U[r]
        if losses is not None:
            losses.append(frob2(A - U @ V.T))
    return U, V


A = torch.tensor([[0.3374, 0.6005, 0.1735],
                  [3.3359, 0.0492, 1.8374],
                  [2.9407, 0.5301, 2.2620]])
losses = []
U, V = sgd_factorise(A, 2, losses=losses)
print(U, V, losses[-1])

try:
    import matplotlib
    matplotlib.use("Agg")
    import matplotlib.pyplot as plt
    plt.plot(losses)
    plt.xlabel("epoch")
    plt.ylabel("loss")
    plt.close()
except Exception as ex:
    print("no plot:", ex)
