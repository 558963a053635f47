def main():
    import torch

    A = torch.tensor([[0.3374, 0.6005, 0.1735], [3.3359, 0.0492, 1.8374], [2.9407, 0.5301, 2.2620]])

    def residual(a, u, v):
        return a - torch.dot(u, v)

    def sgd_factorise(A, rank, num_epochs=1000, lr=0.01):
        return sgd_factorise_masked(A, torch.ones_like(A), rank, num_epochs, lr)

    def sgd_factorise_masked(A, M, rank, num_epochs=1000, lr=0.01):
        m, n = A.shape
        U, V = torch.rand(m, rank), torch.rand(n, rank)
        for _ in range(num_epochs):
            for r in range(m):
                for c in range(n):
                    if M[r, c] == 1:
                        e = residual(A[r, c], U[r], V[c])
                        U[r] += lr * e * V[c]
                        V[c] += lr * e * U[r]
        return U, V

    def truncated_svd(A, rank):
        U, S, Vh = torch.linalg.svd(A, full_matrices=False)
        return U[:, :rank] @ torch.diag(S[:rank]) @ Vh[:rank]

    torch.manual_seed(0)
    U, V = sgd_factorise(A, 2)
    print("loss", torch.sum((A - U @ V.T) ** 2).item())
    print("error", torch.sum((A - truncated_svd(A, 2)) ** 2).item())


if __name__ == "__main__":
    main()
