import numpy as np
import torch

# float32 gave me ugly rounding so everything is double here
DTYPE = torch.float64


def get_A():
    return torch.tensor([[0.3374, 0.6005, 0.1735],
                         [3.3359, 0.0492, 1.8374],
                         [2.9407, 0.5301, 2.2620]], dtype=DTYPE)


def get_mask():
    return torch.tensor([[1, 1, 1],
                         [0, 1, 1],
                         [1, 0, 1]], dtype=torch.bool)


def init(rows, R):
    return torch.rand(rows, R, dtype=DTYPE)


def residual(a, u, v):
    return (a - torch.dot(u, v)).item()


def step(x, y, err, eta):
    return x + eta * err * y


def visit(A, U, V, i, j, eta):
    err = residual(A[i, j], U[i], V[j])
    U[i] = step(U[i], V[j], err, eta)
    V[j] = step(V[j], U[i], err, eta)


def all_cells(A):
    for i in range(A.shape[0]):
        for j in range(A.shape[1]):
            yield i, j


def sgd_factorise(A, R, N, eta):
    A = A.to(DTYPE)
    U, V = init(A.shape[0], R), init(A.shape[1], R)
    for _ in range(N):
        for i, j in all_cells(A):
            visit(A, U, V, i, j, eta)
    return U, V


def sgd_factorise_masked(A, M, R, N, eta):
    A = A.to(DTYPE)
    U, V = init(A.shape[0], R), init(A.shape[1], R)
    cells = [(i, j) for i, j in all_cells(A) if M[i, j]]
    for _ in range(N):
        for i, j in cells:
            visit(A, U, V, i, j, eta)
    return U, V


def sq_frobenius(X):
    return (X ** 2).sum().item()


def exercise_1():
    A = get_A()
    U, V = sgd_factorise(A, 2, 1000, 0.01)
    print("--- 1.2 ---")
    print(U)
    print(V)
    print(f"loss: {sq_frobenius(A - U @ V.T):.6f}")


def exercise_2():
    # numpy because I know its svd better
    A = get_A().numpy()
    W, s, Wt = np.linalg.svd(A)
    s[-1] = 0.0
    A_hat = (W * s) @ Wt
    print("--- 2.1 ---")
    print(A_hat)
    print(f"error: {np.sum((A - A_hat) ** 2):.6f}")
    # Eckart & Young (1936): no rank 2 matrix is closer, hence lower than SGD.


def exercise_3():
    A, M = get_A(), get_mask()
    U, V = sgd_factorise_masked(A, M, 2, 1000, 0.01)
    print("--- 3.2 ---")
    print(U @ V.T)
    print(f"error on all cells: {sq_frobenius(A - U @ V.T):.6f}")


def main():
    torch.manual_seed(1936)
    exercise_1()
    exercise_2()
    exercise_3()


if __name__ == "__main__":
    main()
