import torch


def sgd_factorise(A, rank, num_epochs=1000, lr=0.01):
    # indexing tensors is slow, python floats are much faster
    a = A.tolist()
    m, n = len(a), len(a[0])
    u = torch.rand(m, rank).tolist()
    v = torch.rand(n, rank).tolist()
    ks = range(rank)
    for _ in range(num_epochs):
        for r in range(m):
            ur = u[r]
            for c in range(n):
                vc = v[c]
                e = a[r][c] - sum([ur[k] * vc[k] for k in ks])
                step = lr * e
                for k in ks:
                    ur[k] += step * vc[k]
                for k in ks:
                    vc[k] += step * ur[k]
            return torch.tensor(u), torch.tensor(v)


if __name__ == "__main__":
    A = torch.tensor([[0.3374, 0.6005, 0.1735],
                      [3.3359, 0.0492, 1.8374],
                      [2.9407, 0.5301, 2.2620]])
    U, V = sgd_factorise(A, 2)
    print(U @ V.T)
